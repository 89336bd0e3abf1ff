/* Design: C11 threads. The queue is a plain array that moves up when its first
 * resource leaves; a thread knows by itself which pools it is closing. */
#include "pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "logline.h"
#include "must.h"

_Static_assert(thrd_success == 0, "MUST() takes 0 for success");

/* Invariants, whenever the lock is free: idle[0] to idle[count - 1] is the
 * queue, idle longest first, and count <= max_idle; once closed is true, idle
 * and count are the closing thread's alone. */
struct pool {
    struct pool_ops ops; /* set by pool_new, then never changed */
    void *ctx;           /* the caller's; likewise */
    size_t max_idle;     /* likewise */

    mtx_t lock;   /* guards all below */
    cnd_t done;   /* emptied has become true */
    void **idle;  /* owned: max_idle places */
    size_t count; /* places in use */
    bool closed;  /* pool_close has begun */
    bool emptied; /* and has closed all that was idle */
};

/* A pool_close() that is closing what was idle, on the stack of the thread that
 * does it; a close() may close another pool in its turn. */
struct closing {
    const pool *p;
    const struct closing *outer;
};

static _Thread_local const struct closing *own_closings; /* innermost first */

static enum status status_of_result(int result)
{
    if (result == thrd_success)
        return ST_OK;
    return result == thrd_nomem ? ST_NOMEM : ST_SYS;
}

static enum status init_locking(pool *p)
{
    int result = mtx_init(&p->lock, mtx_plain);
    if (result != thrd_success)
        return status_of_result(result);
    result = cnd_init(&p->done);
    if (result != thrd_success)
        mtx_destroy(&p->lock);
    return status_of_result(result);
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

/* Take what has been idle longest. Call with the lock held, and count > 0. */
static void *take_first(pool *p)
{
    void *resource = p->idle[0];

    p->count--;
    memmove(p->idle, p->idle + 1, p->count * sizeof *p->idle);
    return resource;
}

/* Give a new resource out, unless the pool was closed while it was opened: then
 * nobody else knows of it. */
static enum status hand_out(pool *p, void *fresh, void **resource)
{
    MUST(mtx_lock(&p->lock));
    bool closed = p->closed;
    MUST(mtx_unlock(&p->lock));

    if (closed) {
        p->ops.close(p->ctx, fresh);
        return ST_CLOSED;
    }
    *resource = fresh;
    return ST_OK;
}

static enum status open_new(pool *p, void **resource)
{
    void *fresh = NULL;

    log_line("Resource acquire: New Resource");
    enum status status = p->ops.open(p->ctx, &fresh);
    return status == ST_OK ? hand_out(p, fresh, resource) : status;
}

enum status pool_acquire(pool *p, void **resource)
{
    MUST(mtx_lock(&p->lock));
    bool closed = p->closed;
    bool shared = !closed && p->count > 0;
    if (shared)
        *resource = take_first(p);
    MUST(mtx_unlock(&p->lock));

    if (closed)
        return ST_CLOSED;
    if (!shared)
        return open_new(p, resource);
    log_line("Resource acquire: Shared Resource");
    return ST_OK;
}

enum status pool_release(pool *p, void *resource)
{
    MUST(mtx_lock(&p->lock));
    bool closed = p->closed;
    bool kept = !closed && p->count < p->max_idle;
    if (kept) {
        p->idle[p->count] = resource;
        p->count++;
    }
    MUST(mtx_unlock(&p->lock));

    if (kept) {
        log_line("Resource Return:  Returned Resource Queue");
        return ST_OK;
    }
    if (!closed)
        log_line("Resource Return:  Release Resource");
    p->ops.close(p->ctx, resource);
    return ST_OK;
}

static bool is_closing_here(const pool *p)
{
    for (const struct closing *c = own_closings; c != NULL; c = c->outer)
        if (c->p == p)
            return true;
    return false;
}

/* Close what is idle, in the order of the queue. The lock is not needed: the
 * queue is the closing thread's alone. */
static void close_idle(pool *p)
{
    const struct closing self = {.p = p, .outer = own_closings};

    own_closings = &self;
    for (size_t i = 0; i < p->count; i++)
        p->ops.close(p->ctx, p->idle[i]);
    own_closings = self.outer;
}

static void end_close(pool *p)
{
    MUST(mtx_lock(&p->lock));
    p->emptied = true;
    MUST(cnd_broadcast(&p->done));
    MUST(mtx_unlock(&p->lock));
}

static void await_close(pool *p)
{
    MUST(mtx_lock(&p->lock));
    while (!p->emptied)
        MUST(cnd_wait(&p->done, &p->lock));
    MUST(mtx_unlock(&p->lock));
}

/* True for the one call that closes the pool. */
static bool begin_close(pool *p)
{
    MUST(mtx_lock(&p->lock));
    bool first = !p->closed;
    p->closed = true;
    MUST(mtx_unlock(&p->lock));
    return first;
}

enum status pool_close(pool *p)
{
    if (is_closing_here(p))
        return ST_INVALID;
    if (begin_close(p)) {
        close_idle(p);
        end_close(p);
    } else {
        await_close(p);
    }
    return ST_OK;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    (void)pool_close(p); /* it refuses only what is not allowed here */
    cnd_destroy(&p->done);
    mtx_destroy(&p->lock);
    free(p->idle);
    free(p);
}
