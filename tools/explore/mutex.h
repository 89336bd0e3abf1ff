/* What conditions and C11's mtx_ functions need of the mutexes. Each takes the
 * line of the program that it is called from. */
#ifndef EXPLORE_MUTEX_H
#define EXPLORE_MUTEX_H

#include "model.h"

bool mutex_is_free(const struct thread *thread);
struct object *mutex_find(pthread_mutex_t *mutex, const void *pc,
                          const char *call);
void mutex_take(pthread_mutex_t *mutex, struct object *object, const void *pc);
int mutex_check_unlock(const struct object *object, const void *pc);
void mutex_give_up(pthread_mutex_t *mutex, struct object *object);
int mutex_destroy(pthread_mutex_t *mutex, const void *pc);
int mutex_lock(pthread_mutex_t *mutex, const void *pc);
int mutex_trylock(pthread_mutex_t *mutex, const void *pc);
int mutex_timedlock(pthread_mutex_t *mutex, clockid_t clock,
                    const struct timespec *when, const void *pc);
int mutex_unlock(pthread_mutex_t *mutex, const void *pc);

#endif
