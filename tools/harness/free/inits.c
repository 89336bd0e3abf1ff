/* Initialisations of locks and the like by the code under test, counted, and
 * one of them failing on demand. The linker sends its calls here (--wrap). */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include "countdown.h"
#include "harness.h"

static struct countdown inits;

// NOLINTBEGIN(bugprone-macro-parentheses): the arguments are types
#define INIT(name, object, argument)                                           \
    int __real_##name(object *, const argument *);                             \
    int __wrap_##name(object *at, const argument *attributes);                 \
    int __wrap_##name(object *at, const argument *attributes)                  \
    {                                                                          \
        return countdown_comes(&inits) ? ENOMEM                                \
                                       : __real_##name(at, attributes);        \
    }
// NOLINTEND(bugprone-macro-parentheses)

int __real_pthread_condattr_init(pthread_condattr_t *attributes);
int __wrap_pthread_condattr_init(pthread_condattr_t *attributes);
int __real_sem_init(sem_t *semaphore, int shared, unsigned value);
int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value);

void harness_fail_init(unsigned nth)
{
    countdown_set(&inits, nth);
}

unsigned long harness_inits(void)
{
    return countdown_seen(&inits);
}

INIT(pthread_mutex_init, pthread_mutex_t, pthread_mutexattr_t)
INIT(pthread_cond_init, pthread_cond_t, pthread_condattr_t)
INIT(pthread_rwlock_init, pthread_rwlock_t, pthread_rwlockattr_t)

int __wrap_pthread_condattr_init(pthread_condattr_t *attributes)
{
    return countdown_comes(&inits) ? ENOMEM
                                   : __real_pthread_condattr_init(attributes);
}

int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value)
{
    if (!countdown_comes(&inits))
        return __real_sem_init(semaphore, shared, value);
    errno = ENOSPC;
    return -1;
}
