/* Design: a turnstile for each round. The first thread that waits puts it up on
 * its own stack; the zero opens it with a single post, and each who comes
 * through lets the next one in. Who put it up takes it down, as the last. */
#include "waitgroup.h"

#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "must.h"

/* Where the waiters of one group's round stand. */
struct turnstile {
    const waitgroup *wg;
    sem_t open;            /* 1 once the round has ended, and between two */
    sem_t left;            /* posted by the last but its owner who left */
    atomic_size_t members; /* who came, and has not left */
    struct turnstile *next;
};

/* The turnstiles that are closed, whatever the group. Invariants, whenever a
 * group's lock is free: it has at most one here, and only while its counter is
 * not zero. The group's lock is taken first, then this one. */
static struct {
    pthread_mutex_t lock; /* guards the list */
    struct turnstile *first;
} closed = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum status waitgroup_init(waitgroup *wg)
{
    wg->count = 0;
    return status_of_error(pthread_mutex_init(&wg->lock, NULL));
}

/* The link that points to the group's turnstile, or the list's end. Call with
 * the list's lock held. */
static struct turnstile **find(const waitgroup *wg)
{
    struct turnstile **link = &closed.first;

    while (*link != NULL && (*link)->wg != wg)
        link = &(*link)->next;
    return link;
}

/* End the round. Nobody joins a turnstile that is out of the list. Call with
 * the group's lock held. */
static void open_turnstile(const waitgroup *wg)
{
    MUST(pthread_mutex_lock(&closed.lock));
    struct turnstile **link = find(wg);
    struct turnstile *found = *link;
    if (found != NULL) {
        *link = found->next;
        MUST(sem_post(&found->open));
    }
    MUST(pthread_mutex_unlock(&closed.lock));
}

/* Join the group's turnstile, or put up one's own. Call with the group's lock
 * held. */
static struct turnstile *join(struct turnstile *own)
{
    MUST(pthread_mutex_lock(&closed.lock));
    struct turnstile **link = find(own->wg);
    if (*link == NULL)
        *link = own;
    struct turnstile *joined = *link;
    atomic_fetch_add(&joined->members, 1);
    MUST(pthread_mutex_unlock(&closed.lock));
    return joined;
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
            open_turnstile(wg);
    }
    MUST(pthread_mutex_unlock(&wg->lock));
    return fitting ? ST_OK : ST_INVALID;
}

enum status waitgroup_done(waitgroup *wg)
{
    return waitgroup_add(wg, -1);
}

/* A signal handler may cut a wait short. */
static void down(sem_t *semaphore)
{
    int result;

    do {
        result = sem_wait(semaphore);
    } while (result == -1 && errno == EINTR);
    MUST(result);
}

/* Go through, and let the next one in. Whoever is not the owner must not touch
 * the turnstile once it has left, but for the last: the owner waits for it. */
static void pass(struct turnstile *turnstile, bool is_owner)
{
    down(&turnstile->open);
    MUST(sem_post(&turnstile->open));
    bool is_last = atomic_fetch_sub(&turnstile->members, 1) == 1;
    if (is_owner && !is_last)
        down(&turnstile->left);
    else if (!is_owner && is_last)
        MUST(sem_post(&turnstile->left));
}

enum status waitgroup_wait(waitgroup *wg)
{
    struct turnstile own = {.wg = wg};
    struct turnstile *joined = NULL;

    MUST(sem_init(&own.open, 0, 0));
    MUST(sem_init(&own.left, 0, 0));
    MUST(pthread_mutex_lock(&wg->lock));
    if (wg->count != 0)
        joined = join(&own);
    MUST(pthread_mutex_unlock(&wg->lock));
    if (joined != NULL)
        pass(joined, joined == &own);
    MUST(sem_destroy(&own.left));
    MUST(sem_destroy(&own.open));
    return ST_OK;
}

void waitgroup_destroy(waitgroup *wg)
{
    MUST(pthread_mutex_destroy(&wg->lock));
}
