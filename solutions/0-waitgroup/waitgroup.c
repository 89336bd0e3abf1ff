#include "waitgroup.h"

#include <limits.h>
#include <stdbool.h>

#include "must.h"
#include "step.h"

enum status waitgroup_init(waitgroup *wg)
{
    //> waitgroup.1: Start with nothing to be done, then initialise the lock
    //> and the condition. When one of them cannot be had, leave nothing behind
    //> and return what status_of_error() makes of the error number.
    wg->count = 0;
    wg->rounds = 0;
    int error = pthread_mutex_init(&wg->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&wg->zero, NULL);
    if (error != 0)
        MUST(pthread_mutex_destroy(&wg->lock));
    return status_of_error(error);
    //< waitgroup.1: return step_todo("waitgroup.1", wg);
}

/* Invariant: a thread in waitgroup_wait() sleeps only while no zero has come
 * since it began. So whoever makes the counter zero must tell all of them.
 * Call with wg->lock held. */
static void let_all_go(waitgroup *wg)
{
    //> waitgroup.5: Note that one more round has ended, and wake every thread
    //> that waits: more than one may.
    wg->rounds++;
    MUST(pthread_cond_broadcast(&wg->zero));
    //< waitgroup.5: (void)step_todo("waitgroup.5", wg);
}

/* Can the counter take delta and stay between 0 and LONG_MAX? A sum above
 * LONG_MAX must not even be formed: a signed overflow is undefined. */
static bool fits(long count, long delta)
{
    return delta < 0 ? count + delta >= 0 : count <= LONG_MAX - delta;
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    //> waitgroup.2: Under the lock, add delta to the counter if fits() allows
    //> it; else leave it and return ST_INVALID. If the change made the counter
    //> zero, call let_all_go() before you leave the lock.
    enum status status = ST_OK;

    MUST(pthread_mutex_lock(&wg->lock));
    if (!fits(wg->count, delta)) {
        status = ST_INVALID;
    } else {
        wg->count += delta;
        if (wg->count == 0)
            let_all_go(wg);
    }
    MUST(pthread_mutex_unlock(&wg->lock));
    return status;
    //< waitgroup.2: return step_todo("waitgroup.2", wg, delta, fits, let_all_go);
}

enum status waitgroup_done(waitgroup *wg)
{
    //> waitgroup.3: One thing less is to be done. No new locking is needed.
    return waitgroup_add(wg, -1);
    //< waitgroup.3: return step_todo("waitgroup.3", wg);
}

enum status waitgroup_wait(waitgroup *wg)
{
    //> waitgroup.4: Under the lock, sleep on the condition as long as the
    //> counter is not zero and no round has ended since you came in. Ask again
    //> after every wake-up: a condition may wake without a reason.
    MUST(pthread_mutex_lock(&wg->lock));
    unsigned long round = wg->rounds;
    while (wg->count != 0 && wg->rounds == round)
        MUST(pthread_cond_wait(&wg->zero, &wg->lock));
    MUST(pthread_mutex_unlock(&wg->lock));
    return ST_OK;
    //< waitgroup.4: return step_todo("waitgroup.4", wg);
}

void waitgroup_destroy(waitgroup *wg)
{
    MUST(pthread_cond_destroy(&wg->zero));
    MUST(pthread_mutex_destroy(&wg->lock));
}
