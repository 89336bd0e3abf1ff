/* Design: C11 threads. Each waiter brings an event of its own, a flag that can
 * be waited for, and hangs it into a list; whoever makes the counter zero takes
 * the list away and sets one event after the other, without any lock held. */
#include "waitgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <threads.h>

#include "must.h"

_Static_assert(thrd_success == 0, "MUST() takes 0 for success");

/* On the stack of the thread in waitgroup_wait(), which stays there until the
 * event is set. */
struct event {
    const waitgroup *wg; /* what is waited for */
    mtx_t lock;          /* guards set */
    cnd_t changed;       /* set has become true */
    bool set;
    struct event *next;
};

/* The events that are not set, of all groups. Invariant, whenever a group's
 * lock is free: it has events here only while its counter is not zero. The
 * group's lock is taken first, then this one. */
static struct {
    pthread_mutex_t lock; /* guards the list */
    struct event *first;
} waiting = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void init_event(struct event *event, const waitgroup *wg)
{
    *event = (struct event){.wg = wg};
    MUST(mtx_init(&event->lock, mtx_plain));
    MUST(cnd_init(&event->changed));
}

static void destroy_event(struct event *event)
{
    cnd_destroy(&event->changed);
    mtx_destroy(&event->lock);
}

static void await_event(struct event *event)
{
    MUST(mtx_lock(&event->lock));
    while (!event->set)
        MUST(cnd_wait(&event->changed, &event->lock));
    MUST(mtx_unlock(&event->lock));
}

/* An event is gone once it is set, so what follows it is read before. */
static void set_all(struct event *event)
{
    while (event != NULL) {
        struct event *next = event->next;
        MUST(mtx_lock(&event->lock));
        event->set = true;
        MUST(cnd_signal(&event->changed));
        MUST(mtx_unlock(&event->lock));
        event = next;
    }
}

/* Call with the group's lock held. */
static void hang_up(struct event *event)
{
    MUST(pthread_mutex_lock(&waiting.lock));
    event->next = waiting.first;
    waiting.first = event;
    MUST(pthread_mutex_unlock(&waiting.lock));
}

/* Take the group's events out of the list. Call with the group's lock held. */
static struct event *take_down(const waitgroup *wg)
{
    struct event *taken = NULL;

    MUST(pthread_mutex_lock(&waiting.lock));
    struct event **link = &waiting.first;
    while (*link != NULL) {
        struct event *event = *link;
        if (event->wg == wg) {
            *link = event->next;
            event->next = taken;
            taken = event;
        } else {
            link = &event->next;
        }
    }
    MUST(pthread_mutex_unlock(&waiting.lock));
    return taken;
}

enum status waitgroup_init(waitgroup *wg)
{
    wg->count = 0;
    return status_of_error(pthread_mutex_init(&wg->lock, NULL));
}

/* Can the counter take delta and stay between 0 and LONG_MAX? */
static bool fits(long count, long delta)
{
    return delta < 0 ? count + delta >= 0 : count <= LONG_MAX - delta;
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    struct event *ended = NULL;

    MUST(pthread_mutex_lock(&wg->lock));
    bool fitting = fits(wg->count, delta);
    if (fitting)
        wg->count += delta;
    if (fitting && wg->count == 0)
        ended = take_down(wg);
    MUST(pthread_mutex_unlock(&wg->lock));
    set_all(ended);
    return fitting ? ST_OK : ST_INVALID;
}

enum status waitgroup_done(waitgroup *wg)
{
    return waitgroup_add(wg, -1);
}

enum status waitgroup_wait(waitgroup *wg)
{
    struct event own;

    init_event(&own, wg);
    MUST(pthread_mutex_lock(&wg->lock));
    bool is_zero = wg->count == 0;
    if (!is_zero)
        hang_up(&own);
    MUST(pthread_mutex_unlock(&wg->lock));
    if (!is_zero)
        await_event(&own);
    destroy_event(&own);
    return ST_OK;
}

void waitgroup_destroy(waitgroup *wg)
{
    MUST(pthread_mutex_destroy(&wg->lock));
}
