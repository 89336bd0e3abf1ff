/* Design: a read-write lock. Changes that leave the counter above zero share
 * it, and meet in an atomic operation only; the change to zero has it alone.
 * Waiters sleep on the group's condition. */
#include "waitgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "must.h"

/* One for all groups. Invariant: a counter becomes zero only while a thread has
 * the lock alone. So whoever shares it and reads a counter above zero knows
 * that the zero, and the end of the round, is still to come. The group's mutex,
 * which guards rounds, is taken after it. */
static pthread_rwlock_t door = PTHREAD_RWLOCK_INITIALIZER;

enum status waitgroup_init(waitgroup *wg)
{
    wg->count = 0;
    wg->rounds = 0;
    int error = pthread_mutex_init(&wg->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&wg->zero, NULL);
    if (error != 0)
        MUST(pthread_mutex_destroy(&wg->lock));
    return status_of_error(error);
}

/* Can the counter take delta and stay between 0 and LONG_MAX? */
static bool fits(long count, long delta)
{
    return delta < 0 ? count + delta >= 0 : count <= LONG_MAX - delta;
}

/* Make the change, unless it is refused or makes the counter zero; say what the
 * counter was. Each change publishes what its thread did before, and takes over
 * what earlier ones published. */
static long change_above_zero(waitgroup *wg, long delta)
{
    long count = __atomic_load_n(&wg->count, __ATOMIC_ACQUIRE);

    while (fits(count, delta) && count + delta != 0)
        if (__atomic_compare_exchange_n(&wg->count, &count, count + delta,
                                        false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            break;
    return count;
}

static void end_round(waitgroup *wg)
{
    MUST(pthread_mutex_lock(&wg->lock));
    wg->rounds++;
    MUST(pthread_cond_broadcast(&wg->zero));
    MUST(pthread_mutex_unlock(&wg->lock));
}

/* Others may have changed the counter since the sum seemed to be zero. */
static enum status add_alone(waitgroup *wg, long delta)
{
    MUST(pthread_rwlock_wrlock(&door));
    long count = change_above_zero(wg, delta);
    if (count + delta == 0) {
        __atomic_store_n(&wg->count, 0, __ATOMIC_RELEASE);
        end_round(wg);
    }
    MUST(pthread_rwlock_unlock(&door));
    return fits(count, delta) ? ST_OK : ST_INVALID;
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    MUST(pthread_rwlock_rdlock(&door));
    long count = change_above_zero(wg, delta);
    MUST(pthread_rwlock_unlock(&door));
    if (!fits(count, delta))
        return ST_INVALID;
    return count + delta == 0 ? add_alone(wg, delta) : ST_OK;
}

enum status waitgroup_done(waitgroup *wg)
{
    return waitgroup_add(wg, -1);
}

static unsigned long current_round(waitgroup *wg)
{
    MUST(pthread_mutex_lock(&wg->lock));
    unsigned long round = wg->rounds;
    MUST(pthread_mutex_unlock(&wg->lock));
    return round;
}

static void await_end_of(waitgroup *wg, unsigned long round)
{
    MUST(pthread_mutex_lock(&wg->lock));
    while (wg->rounds == round)
        MUST(pthread_cond_wait(&wg->zero, &wg->lock));
    MUST(pthread_mutex_unlock(&wg->lock));
}

enum status waitgroup_wait(waitgroup *wg)
{
    MUST(pthread_rwlock_rdlock(&door));
    bool is_zero = __atomic_load_n(&wg->count, __ATOMIC_ACQUIRE) == 0;
    unsigned long round = current_round(wg);
    MUST(pthread_rwlock_unlock(&door));
    if (!is_zero)
        await_end_of(wg, round);
    return ST_OK;
}

void waitgroup_destroy(waitgroup *wg)
{
    MUST(pthread_cond_destroy(&wg->zero));
    MUST(pthread_mutex_destroy(&wg->lock));
}
