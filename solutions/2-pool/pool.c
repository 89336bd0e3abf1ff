#include "pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "logline.h"
#include "must.h"
#include "step.h"

/* The idle resources stand in a ring: the one that has been idle longest at
 * `first`, the next behind it, wrapping at the end of the array.
 *
 * Invariants, whenever the lock is free: count <= max_idle; an idle resource
 * stands in the ring and nowhere else; once closed is true, the ring is touched
 * by the closing thread alone. */
struct pool {
    struct pool_ops ops; /* set by pool_new, then never changed */
    void *ctx;           /* the caller's; likewise */
    size_t max_idle;     /* likewise */

    pthread_mutex_t lock;   /* guards all below */
    pthread_cond_t drained; /* empty has become true */
    void **idle;            /* owned: the ring, max_idle places */
    size_t first;           /* where the ring begins */
    size_t count;           /* places in use */
    bool closed;            /* pool_close has begun */
    bool empty;             /* and has closed all that was idle */
    pthread_t closer;       /* who does it; valid once closed */
};

static enum status init_locking(pool *p)
{
    int error = pthread_mutex_init(&p->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&p->drained, NULL);
    if (error != 0)
        MUST(pthread_mutex_destroy(&p->lock));
    return status_of_error(error);
}

/* Free a pool's memory; init_locking() has not been called, or was undone. */
static void free_memory(pool *p)
{
    free(p->idle);
    free(p);
}

enum status pool_new(pool **out, const struct pool_ops *ops, void *ctx,
                     size_t max_idle)
{
    if (ops == NULL || ops->open == NULL || ops->close == NULL)
        return ST_INVALID;
    //> pool.1: Refuse a max_idle of 0. Allocate the pool with all members zero,
    //> and its ring of max_idle places (calloc checks the product). Fill in
    //> what never changes, and prepare the lock with init_locking(). Give the
    //> pool out only when all went well; on failure leave nothing behind.
    if (max_idle == 0)
        return ST_INVALID;
    pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ST_NOMEM;
    p->ops = *ops;
    p->ctx = ctx;
    p->max_idle = max_idle;
    p->idle = calloc(max_idle, sizeof *p->idle);
    enum status status = p->idle == NULL ? ST_NOMEM : init_locking(p);
    if (status != ST_OK) {
        free_memory(p);
        return status;
    }
    *out = p;
    return ST_OK;
    //< pool.1: (void)free_memory;
    //< pool.1: return step_todo("pool.1", out, ctx, max_idle, init_locking);
}

/* The pool may have been closed while open() ran. Then the new resource must
 * not be handed out, and nobody else knows of it: close it here. */
static enum status hand_out(pool *p, void *fresh, void **resource)
{
    //> pool.8: Ask under the lock whether the pool is closed. If it is, leave
    //> the lock, close the resource and return ST_CLOSED; else give it out.
    MUST(pthread_mutex_lock(&p->lock));
    bool closed = p->closed;
    MUST(pthread_mutex_unlock(&p->lock));

    if (closed) {
        p->ops.close(p->ctx, fresh);
        return ST_CLOSED;
    }
    *resource = fresh;
    return ST_OK;
    //< pool.8: (void)step_todo("pool.8", p);
    //< pool.8: *resource = fresh;
    //< pool.8: return ST_OK;
}

/* Open a new resource; the lock is not held, since open() may take long and may
 * call the pool. */
static enum status open_new(pool *p, void **resource)
{
    //> pool.2: Print "Resource acquire: New Resource" (log_line), then let
    //> open() make a resource. If it fails, return its status as it is; else
    //> let hand_out() give the resource out.
    void *fresh = NULL;

    log_line("Resource acquire: New Resource");
    enum status status = p->ops.open(p->ctx, &fresh);
    if (status != ST_OK)
        return status;
    return hand_out(p, fresh, resource);
    //< pool.2: return step_todo("pool.2", p, resource, hand_out);
}

/* Take the resource that has been idle longest. Call with the lock held and
 * count > 0. */
static void *take_first(pool *p)
{
    //> pool.4: Take the resource at the ring's beginning. The next one then is
    //> the first; behind the last place comes place 0.
    void *resource = p->idle[p->first];

    p->first = (p->first + 1) % p->max_idle;
    p->count--;
    return resource;
    //< pool.4: (void)step_todo("pool.4", p);
    //< pool.4: return NULL;
}

enum status pool_acquire(pool *p, void **resource)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool closed = p->closed;
    bool shared = !closed && p->count > 0;
    if (shared)
        *resource = take_first(p);
    MUST(pthread_mutex_unlock(&p->lock));

    if (closed)
        return ST_CLOSED;
    if (!shared)
        return open_new(p, resource);
    log_line("Resource acquire: Shared Resource");
    return ST_OK;
}

enum status pool_release(pool *p, void *resource)
{
    //> pool.3: Under the lock, put the resource behind the last idle one if the
    //> pool is not closed and has room. Then, without the lock: print
    //> "Resource Return:  Returned Resource Queue" if it was kept. If not, close
    //> it; and if that is because the queue is full, print
    //> "Resource Return:  Release Resource" first.
    MUST(pthread_mutex_lock(&p->lock));
    bool closed = p->closed;
    bool kept = !closed && p->count < p->max_idle;
    if (kept) {
        p->idle[(p->first + p->count) % p->max_idle] = resource;
        p->count++;
    }
    MUST(pthread_mutex_unlock(&p->lock));

    if (kept) {
        log_line("Resource Return:  Returned Resource Queue");
        return ST_OK;
    }
    if (!closed)
        log_line("Resource Return:  Release Resource");
    p->ops.close(p->ctx, resource);
    return ST_OK;
    //< pool.3: return step_todo("pool.3", p, resource);
}

/* Close the pool's door. True for the one call that does it: from then on the
 * ring belongs to that thread. */
static bool begin_close(pool *p)
{
    //> pool.5: Under the lock, look whether the pool is closed; if not, set
    //> closed, and closer to the calling thread. Both in the same critical
    //> section, so that only one call can be the first.
    MUST(pthread_mutex_lock(&p->lock));
    bool first = !p->closed;
    if (first) {
        p->closed = true;
        p->closer = pthread_self();
    }
    MUST(pthread_mutex_unlock(&p->lock));
    return first;
    //< pool.5: return step_todo("pool.5", p) == ST_OK;
}

/* Close what is idle, in the order of the queue. Called by the closing thread
 * alone; the lock is not held, since close() may call the pool. */
static void close_idle(pool *p)
{
    //> pool.6: Take one resource after the other from the ring with
    //> take_first(), and close each.
    while (p->count > 0)
        p->ops.close(p->ctx, take_first(p));
    //< pool.6: (void)step_todo("pool.6", p);
}

/* Tell everyone in await_close() that all that was idle has been closed. */
static void end_close(pool *p)
{
    //> pool.7: Under the lock, set empty and wake all who wait for it.
    MUST(pthread_mutex_lock(&p->lock));
    p->empty = true;
    MUST(pthread_cond_broadcast(&p->drained));
    MUST(pthread_mutex_unlock(&p->lock));
    //< pool.7: (void)step_todo("pool.7", p);
}

/* Wait for the first pool_close() to finish; the closing thread itself cannot.
 */
static enum status await_close(pool *p)
{
    //> pool.7: Under the lock: if the pool is not empty yet and the calling
    //> thread is the closer, return ST_INVALID. Else sleep until it is empty.
    enum status status = ST_OK;

    MUST(pthread_mutex_lock(&p->lock));
    if (!p->empty && pthread_equal(p->closer, pthread_self()))
        status = ST_INVALID;
    while (!p->empty && status == ST_OK)
        MUST(pthread_cond_wait(&p->drained, &p->lock));
    MUST(pthread_mutex_unlock(&p->lock));
    return status;
    //< pool.7: return step_todo("pool.7", p);
}

enum status pool_close(pool *p)
{
    if (!begin_close(p))
        return await_close(p);
    close_idle(p);
    end_close(p);
    return ST_OK;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    (void)pool_close(
        p); /* it can refuse only a call that is not allowed here */
    MUST(pthread_cond_destroy(&p->drained));
    MUST(pthread_mutex_destroy(&p->lock));
    free_memory(p);
}
