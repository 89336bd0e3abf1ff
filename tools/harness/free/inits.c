/* Initialisations of mutexes and conditions, counted, and one of them failing
 * on demand. The linker sends the calls here (--wrap). */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "countdown.h"
#include "harness.h"

static struct countdown inits;

int __real_pthread_mutex_init(pthread_mutex_t *mutex,
                              const pthread_mutexattr_t *attributes);
int __real_pthread_cond_init(pthread_cond_t *cond,
                             const pthread_condattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex,
                              const pthread_mutexattr_t *attributes);
int __wrap_pthread_cond_init(pthread_cond_t *cond,
                             const pthread_condattr_t *attributes);

void harness_fail_init(unsigned nth)
{
    countdown_set(&inits, nth);
}

unsigned long harness_inits(void)
{
    return countdown_seen(&inits);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex,
                              const pthread_mutexattr_t *attributes)
{
    return countdown_comes(&inits)
               ? ENOMEM
               : __real_pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_cond_init(pthread_cond_t *cond,
                             const pthread_condattr_t *attributes)
{
    return countdown_comes(&inits) ? ENOMEM
                                   : __real_pthread_cond_init(cond, attributes);
}
