#include "waitgroup.h"

#include <limits.h>
#include <stdbool.h>

#include "must.h"
#include "step.h"

enum status waitgroup_init(waitgroup *wg)
{
    /* TODO waitgroup.1: Start with nothing to be done, then initialise the lock
     * and the condition. When one of them cannot be had, leave nothing behind
     * and return what status_of_error() makes of the error number. */
    return step_todo("waitgroup.1", wg);
}

/* Invariant: a thread in waitgroup_wait() sleeps only while no zero has come
 * since it began. So whoever makes the counter zero must tell all of them.
 * Call with wg->lock held. */
static void let_all_go(waitgroup *wg)
{
    /* TODO waitgroup.5: Note that one more round has ended, and wake every
     * thread that waits: more than one may. */
    (void)step_todo("waitgroup.5", wg);
}

/* Can the counter take delta and stay between 0 and LONG_MAX? A sum above
 * LONG_MAX must not even be formed: a signed overflow is undefined. */
static bool fits(long count, long delta)
{
    return delta < 0 ? count + delta >= 0 : count <= LONG_MAX - delta;
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    /* TODO waitgroup.2: Under the lock, add delta to the counter if fits()
     * allows it; else leave it and return ST_INVALID. If the change made the
     * counter zero, call let_all_go() before you leave the lock. */
    return step_todo("waitgroup.2", wg, delta, fits, let_all_go);
}

enum status waitgroup_done(waitgroup *wg)
{
    /* TODO waitgroup.3: One thing less is to be done. No new locking is
     * needed. */
    return step_todo("waitgroup.3", wg);
}

enum status waitgroup_wait(waitgroup *wg)
{
    /* TODO waitgroup.4: Under the lock, sleep on the condition as long as the
     * counter is not zero and no round has ended since you came in. Ask again
     * after every wake-up: a condition may wake without a reason. */
    return step_todo("waitgroup.4", wg);
}

void waitgroup_destroy(waitgroup *wg)
{
    MUST(pthread_cond_destroy(&wg->zero));
    MUST(pthread_mutex_destroy(&wg->lock));
}
