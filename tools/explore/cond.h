/* What C11's cnd_ functions need of the conditions. Each takes the line of the
 * program that it is called from. */
#ifndef EXPLORE_COND_H
#define EXPLORE_COND_H

#include "model.h"

int cond_destroy(pthread_cond_t *cond, const void *pc);
int cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t deadline,
              const void *pc);
int cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                   clockid_t clock, const struct timespec *when,
                   const void *pc);
int cond_signal(pthread_cond_t *cond, const void *pc);
int cond_broadcast(pthread_cond_t *cond, const void *pc);

#endif
