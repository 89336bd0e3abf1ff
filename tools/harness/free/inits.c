/* Initialisations of locks and the like by the code under test, counted, and
 * one of them failing on demand. The linker sends its calls here (--wrap). */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "harness.h"

static atomic_ulong asked;
static atomic_uint failing; /* which one is to fail; 0: none */

#define INIT(name, object, argument)                                           \
    int __real_##name(object *, const argument *);                             \
    int __wrap_##name(object *at, const argument *attributes);                 \
    int __wrap_##name(object *at, const argument *attributes)                  \
    {                                                                          \
        return fails() ? ENOMEM : __real_##name(at, attributes);               \
    }

int __real_pthread_condattr_init(pthread_condattr_t *attributes);
int __wrap_pthread_condattr_init(pthread_condattr_t *attributes);
int __real_sem_init(sem_t *semaphore, int shared, unsigned value);
int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value);

void harness_fail_init(unsigned nth)
{
    atomic_store(&failing, nth);
}

unsigned long harness_inits(void)
{
    return atomic_load(&asked);
}

/* Note one more, and say whether it is the one that is to fail. */
static bool fails(void)
{
    unsigned left = atomic_load(&failing);

    atomic_fetch_add(&asked, 1);
    while (left > 0)
        if (atomic_compare_exchange_weak(&failing, &left, left - 1))
            return left == 1;
    return false;
}

INIT(pthread_mutex_init, pthread_mutex_t, pthread_mutexattr_t)
INIT(pthread_cond_init, pthread_cond_t, pthread_condattr_t)
INIT(pthread_rwlock_init, pthread_rwlock_t, pthread_rwlockattr_t)

int __wrap_pthread_condattr_init(pthread_condattr_t *attributes)
{
    return fails() ? ENOMEM : __real_pthread_condattr_init(attributes);
}

int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value)
{
    if (!fails())
        return __real_sem_init(semaphore, shared, value);
    errno = ENOSPC;
    return -1;
}
