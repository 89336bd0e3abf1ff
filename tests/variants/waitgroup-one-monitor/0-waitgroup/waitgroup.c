/* Design: one monitor for all groups, made when the program was compiled. A
 * group is two numbers, so there is nothing to initialise that could fail, and
 * nothing to destroy; the price is that a zero wakes the waiters of all groups,
 * who look and go back to sleep. */
#include "waitgroup.h"

#include <limits.h>
#include <stdbool.h>

#include "must.h"

/* Guards the numbers of every group. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t zero; /* some group's count has become zero */
} monitor = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER};

static void enter(void)
{
    MUST(pthread_mutex_lock(&monitor.lock));
}

static void leave(void)
{
    MUST(pthread_mutex_unlock(&monitor.lock));
}

enum status waitgroup_init(waitgroup *wg)
{
    wg->count = 0;
    wg->rounds = 0;
    return ST_OK;
}

/* Can the counter take delta and stay between 0 and LONG_MAX? */
static bool fits(long count, long delta)
{
    return delta < 0 ? count + delta >= 0 : count <= LONG_MAX - delta;
}

/* Call inside the monitor. */
static void change(waitgroup *wg, long delta)
{
    wg->count += delta;
    if (wg->count == 0) {
        wg->rounds++;
        MUST(pthread_cond_broadcast(&monitor.zero));
    }
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    enter();
    bool fitting = fits(wg->count, delta);
    if (fitting)
        change(wg, delta);
    leave();
    return fitting ? ST_OK : ST_INVALID;
}

enum status waitgroup_done(waitgroup *wg)
{
    return waitgroup_add(wg, -1);
}

enum status waitgroup_wait(waitgroup *wg)
{
    enter();
    unsigned long round = wg->rounds;
    while (wg->count != 0 && wg->rounds == round)
        MUST(pthread_cond_wait(&monitor.zero, &monitor.lock));
    leave();
    return ST_OK;
}

void waitgroup_destroy(waitgroup *wg)
{
    (void)wg; /* the monitor is the program's */
}
