/* Design: every waiter sleeps on a semaphore of its own, parked in one list for
 * all groups; whoever makes a counter zero lets its waiters go one by one. The
 * group's condition is not used, and there are no rounds to count. */
#include "waitgroup.h"

#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

#include "must.h"

/* A thread in waitgroup_wait(). It stands on that thread's stack, which stays
 * there until the semaphore has been posted. */
struct parked {
    const waitgroup *wg; /* what it waits for */
    sem_t go;            /* posted once, when it is out of the list */
    struct parked *next;
};

/* Everyone who is parked, whatever the group. Invariant, whenever a group's
 * lock is free: the group has someone here only while its counter is not zero.
 * The group's lock is taken first, then this one. */
static struct {
    pthread_mutex_t lock; /* guards the list */
    struct parked *first;
} lot = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum status waitgroup_init(waitgroup *wg)
{
    wg->count = 0;
    return status_of_error(pthread_mutex_init(&wg->lock, NULL));
}

/* Call with the group's lock held. */
static void park(struct parked *waiter)
{
    MUST(pthread_mutex_lock(&lot.lock));
    waiter->next = lot.first;
    lot.first = waiter;
    MUST(pthread_mutex_unlock(&lot.lock));
}

/* Take everyone who waits for the group out of the list, and let them go. Call
 * with the group's lock held. A waiter's place is gone once it is posted, so
 * what follows it is read before. */
static void let_all_go(const waitgroup *wg)
{
    MUST(pthread_mutex_lock(&lot.lock));
    struct parked **link = &lot.first;
    while (*link != NULL) {
        struct parked *waiter = *link;
        if (waiter->wg == wg) {
            *link = waiter->next;
            MUST(sem_post(&waiter->go));
        } else {
            link = &waiter->next;
        }
    }
    MUST(pthread_mutex_unlock(&lot.lock));
}

/* Can the counter take delta and stay between 0 and LONG_MAX? */
static bool fits(long count, long delta)
{
    return delta < 0 ? count + delta >= 0 : count <= LONG_MAX - delta;
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    MUST(pthread_mutex_lock(&wg->lock));
    bool fitting = fits(wg->count, delta);
    if (fitting) {
        wg->count += delta;
        if (wg->count == 0)
            let_all_go(wg);
    }
    MUST(pthread_mutex_unlock(&wg->lock));
    return fitting ? ST_OK : ST_INVALID;
}

enum status waitgroup_done(waitgroup *wg)
{
    return waitgroup_add(wg, -1);
}

/* Sleep until the semaphore is posted; a signal handler may cut a wait short.
 */
static void take(sem_t *semaphore)
{
    int result;

    do {
        result = sem_wait(semaphore);
    } while (result == -1 && errno == EINTR);
    MUST(result);
}

/* The post is meant for this waiter alone and stays in its semaphore: a round
 * that begins at once cannot take it away. */
enum status waitgroup_wait(waitgroup *wg)
{
    struct parked self = {.wg = wg};

    MUST(sem_init(&self.go, 0, 0));
    MUST(pthread_mutex_lock(&wg->lock));
    bool parked = wg->count != 0;
    if (parked)
        park(&self);
    MUST(pthread_mutex_unlock(&wg->lock));
    if (parked)
        take(&self.go);
    MUST(sem_destroy(&self.go));
    return ST_OK;
}

void waitgroup_destroy(waitgroup *wg)
{
    MUST(pthread_mutex_destroy(&wg->lock));
}
