/* Design: the counter is changed by compare-and-exchange, without the lock. The
 * lock is for the one change that matters to those who sleep: to zero. */
#include "waitgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "must.h"

/* Invariants: the counter is read and changed by atomic operations only; it
 * becomes zero only with the lock held, and rounds grows in the same critical
 * section. So whoever holds the lock and reads a counter above zero can go to
 * sleep: the zero is still to come, and rounds will tell of it. */

static long read_count(waitgroup *wg)
{
    return __atomic_load_n(&wg->count, __ATOMIC_ACQUIRE);
}

/* Change the counter if it still is *seen; else *seen becomes what it is. Each
 * change publishes what its thread did before, and takes over what all earlier
 * ones published: whoever reads the zero sees the work of all. */
static bool change_count(waitgroup *wg, long *seen, long wanted)
{
    return __atomic_compare_exchange_n(&wg->count, seen, wanted, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

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

/* The change seems to make the counter zero. Others may have moved it since, so
 * the sum is formed anew. */
static enum status add_under_lock(waitgroup *wg, long delta)
{
    enum status status = ST_INVALID;

    MUST(pthread_mutex_lock(&wg->lock));
    long count = read_count(wg);
    while (status != ST_OK && fits(count, delta))
        if (change_count(wg, &count, count + delta))
            status = ST_OK;
    if (status == ST_OK && count + delta == 0) {
        wg->rounds++;
        MUST(pthread_cond_broadcast(&wg->zero));
    }
    MUST(pthread_mutex_unlock(&wg->lock));
    return status;
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    long count = read_count(wg);

    while (fits(count, delta) && count + delta != 0)
        if (change_count(wg, &count, count + delta))
            return ST_OK;
    return fits(count, delta) ? add_under_lock(wg, delta) : ST_INVALID;
}

enum status waitgroup_done(waitgroup *wg)
{
    return waitgroup_add(wg, -1);
}

enum status waitgroup_wait(waitgroup *wg)
{
    if (read_count(wg) == 0)
        return ST_OK;
    MUST(pthread_mutex_lock(&wg->lock));
    unsigned long round = wg->rounds;
    while (read_count(wg) != 0 && wg->rounds == round)
        MUST(pthread_cond_wait(&wg->zero, &wg->lock));
    MUST(pthread_mutex_unlock(&wg->lock));
    return ST_OK;
}

void waitgroup_destroy(waitgroup *wg)
{
    MUST(pthread_cond_destroy(&wg->zero));
    MUST(pthread_mutex_destroy(&wg->lock));
}
