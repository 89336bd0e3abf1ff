/* Design: atomics. One word counts who is inside the queue and says whether the
 * door is shut: who closes shuts it and waits until the last has left, and then
 * has the queue alone. The queue itself is guarded by a spin lock, since nobody
 * is inside for more than a few steps. */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "logline.h"
#include "must.h"

/* The door: the lowest bit says that it is shut, the rest counts the visitors.
 * Invariant: once it is shut the count only falls. */
enum { SHUT = 1, VISITOR = 2 };

struct pool {
    struct pool_ops ops; /* set by pool_new, then never changed */
    void *ctx;           /* the caller's; likewise */
    size_t max_idle;     /* likewise */

    atomic_uintptr_t door;
    sem_t left;       /* posted when the last visitor of a shut door leaves */
    sem_t done;       /* 1 once all that was idle has been closed, else 0 */
    pthread_t closer; /* valid while closing, which publishes it */
    atomic_bool closing; /* pool_close is closing what was idle */

    pthread_spinlock_t lock; /* guards all below; not needed once the door is
                                shut and the last visitor has left */
    void **idle;             /* owned: the ring, max_idle places */
    size_t first;            /* where the ring begins */
    size_t count;            /* places in use */
};

/* Go in, unless the door is shut. */
static bool enter(pool *p)
{
    uintptr_t seen = atomic_load(&p->door);

    while ((seen & SHUT) == 0)
        if (atomic_compare_exchange_weak(&p->door, &seen, seen + VISITOR))
            return true;
    return false;
}

static void leave(pool *p)
{
    if (atomic_fetch_sub(&p->door, VISITOR) == (SHUT | VISITOR))
        MUST(sem_post(&p->left));
}

static bool is_shut(pool *p)
{
    return (atomic_load(&p->door) & SHUT) != 0;
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

static enum status init(sem_t *semaphore)
{
    return status_of_error(sem_init(semaphore, 0, 0) == 0 ? 0 : errno);
}

static enum status init_semaphores(pool *p)
{
    enum status status = init(&p->left);
    if (status != ST_OK)
        return status;
    status = init(&p->done);
    if (status != ST_OK)
        MUST(sem_destroy(&p->left));
    return status;
}

static void destroy_semaphores(pool *p)
{
    MUST(sem_destroy(&p->done));
    MUST(sem_destroy(&p->left));
}

static enum status init_locking(pool *p)
{
    enum status status = init_semaphores(p);
    if (status != ST_OK)
        return status;
    int error = pthread_spin_init(&p->lock, PTHREAD_PROCESS_PRIVATE);
    if (error != 0)
        destroy_semaphores(p);
    return status_of_error(error);
}

static enum status make_pool(pool **out, size_t max_idle)
{
    pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ST_NOMEM;
    p->max_idle = max_idle;
    p->idle = calloc(max_idle, sizeof *p->idle);
    enum status status = p->idle == NULL ? ST_NOMEM : init_locking(p);
    if (status != ST_OK) {
        free(p->idle);
        free(p);
        return status;
    }
    *out = p;
    return ST_OK;
}

enum status pool_new(pool **out, const struct pool_ops *ops, void *ctx,
                     size_t max_idle)
{
    pool *p = NULL;

    if (ops == NULL || ops->open == NULL || ops->close == NULL || max_idle == 0)
        return ST_INVALID;
    enum status status = make_pool(&p, max_idle);
    if (status != ST_OK)
        return status;
    p->ops = *ops;
    p->ctx = ctx;
    *out = p;
    return ST_OK;
}

/* Call with the lock held, or the queue for oneself, and count > 0. */
static void *take_first(pool *p)
{
    void *resource = p->idle[p->first];

    p->first = (p->first + 1) % p->max_idle;
    p->count--;
    return resource;
}

static bool take(pool *p, void **resource)
{
    MUST(pthread_spin_lock(&p->lock));
    bool found = p->count > 0;
    if (found)
        *resource = take_first(p);
    MUST(pthread_spin_unlock(&p->lock));
    return found;
}

static bool put(pool *p, void *resource)
{
    MUST(pthread_spin_lock(&p->lock));
    bool has_room = p->count < p->max_idle;
    if (has_room) {
        p->idle[(p->first + p->count) % p->max_idle] = resource;
        p->count++;
    }
    MUST(pthread_spin_unlock(&p->lock));
    return has_room;
}

/* The pool may be closed while open() runs; then nobody else knows of the new
 * resource. Whoever opens is no visitor: open() may take long. */
static enum status open_new(pool *p, void **resource)
{
    void *fresh = NULL;

    log_line("Resource acquire: New Resource");
    enum status status = p->ops.open(p->ctx, &fresh);
    if (status != ST_OK)
        return status;
    if (is_shut(p)) {
        p->ops.close(p->ctx, fresh);
        return ST_CLOSED;
    }
    *resource = fresh;
    return ST_OK;
}

enum status pool_acquire(pool *p, void **resource)
{
    if (!enter(p))
        return ST_CLOSED;
    bool shared = take(p, resource);
    leave(p);

    if (!shared)
        return open_new(p, resource);
    log_line("Resource acquire: Shared Resource");
    return ST_OK;
}

enum status pool_release(pool *p, void *resource)
{
    bool entered = enter(p);
    bool kept = entered && put(p, resource);
    if (entered)
        leave(p);

    if (kept) {
        log_line("Resource Return:  Returned Resource Queue");
        return ST_OK;
    }
    if (entered)
        log_line("Resource Return:  Release Resource");
    p->ops.close(p->ctx, resource);
    return ST_OK;
}

/* Shut the door and wait until everyone has left. True for the one call that
 * does it. */
static bool begin_close(pool *p)
{
    uintptr_t before = atomic_fetch_or(&p->door, SHUT);

    if ((before & SHUT) != 0)
        return false;
    if (before != 0)
        down(&p->left);
    return true;
}

static void close_idle(pool *p)
{
    p->closer = pthread_self();
    atomic_store(&p->closing, true);
    while (p->count > 0)
        p->ops.close(p->ctx, take_first(p));
    atomic_store(&p->closing, false);
}

/* Go through the turnstile; the closing thread would wait for itself. */
static enum status await_close(pool *p)
{
    if (atomic_load(&p->closing) && pthread_equal(p->closer, pthread_self()))
        return ST_INVALID;
    down(&p->done);
    MUST(sem_post(&p->done));
    return ST_OK;
}

enum status pool_close(pool *p)
{
    if (!begin_close(p))
        return await_close(p);
    close_idle(p);
    MUST(sem_post(&p->done));
    return ST_OK;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    (void)pool_close(p); /* it refuses only what is not allowed here */
    MUST(pthread_spin_destroy(&p->lock));
    destroy_semaphores(p);
    free(p->idle);
    free(p);
}
