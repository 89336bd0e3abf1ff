/* Design: no queue. Each place bears the stamp of the release that filled it,
 * and who acquires looks for the lowest: right for the few places that a pool
 * has. A pool_close() that must wait hangs a condition of its own into a list.
 */
#include "pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "logline.h"
#include "must.h"

enum { FREE = 0 }; /* the stamp of a place that holds nothing */

struct place {
    void *resource; /* valid unless the stamp is FREE */
    uint64_t stamp; /* no two places have the same, FREE apart */
};

/* A call of pool_close() that waits, on its thread's stack. */
struct waiter {
    pthread_cond_t go; /* the pool is done */
    struct waiter *next;
};

enum state { OPEN, CLOSING, DONE }; /* in this order, never back */

struct pool {
    struct pool_ops ops; /* set by pool_new, then never changed */
    void *ctx;           /* the caller's; likewise */
    size_t max_idle;     /* likewise */

    pthread_mutex_t lock;   /* guards all below */
    struct place *places;   /* owned: max_idle of them */
    uint64_t stamp;         /* the last that was given */
    enum state state;       /* past OPEN nothing is put into a place */
    pthread_t closer;       /* valid past OPEN */
    struct waiter *waiting; /* empty once DONE */
};

static enum status make_pool(pool **out, size_t max_idle)
{
    pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ST_NOMEM;
    p->max_idle = max_idle;
    p->places = calloc(max_idle, sizeof *p->places);
    enum status status =
        p->places == NULL ? ST_NOMEM
                          : status_of_error(pthread_mutex_init(&p->lock, NULL));
    if (status != ST_OK) {
        free(p->places);
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

/* The place that was filled first, or NULL. Call with the lock held. */
static struct place *oldest(pool *p)
{
    struct place *found = NULL;

    for (size_t i = 0; i < p->max_idle; i++) {
        struct place *place = &p->places[i];
        if (place->stamp != FREE &&
            (found == NULL || place->stamp < found->stamp))
            found = place;
    }
    return found;
}

/* Call with the lock held. */
static bool take(pool *p, void **resource)
{
    struct place *place = oldest(p);

    if (place == NULL)
        return false;
    *resource = place->resource;
    place->stamp = FREE;
    return true;
}

/* Call with the lock held. */
static bool put(pool *p, void *resource)
{
    for (size_t i = 0; i < p->max_idle; i++)
        if (p->places[i].stamp == FREE) {
            p->stamp++;
            p->places[i] = (struct place){resource, p->stamp};
            return true;
        }
    return false;
}

/* The pool may be closed while open() runs; then nobody else knows of the new
 * resource. */
static enum status open_new(pool *p, void **resource)
{
    void *fresh = NULL;

    log_line("Resource acquire: New Resource");
    enum status status = p->ops.open(p->ctx, &fresh);
    if (status != ST_OK)
        return status;
    MUST(pthread_mutex_lock(&p->lock));
    bool open = p->state == OPEN;
    MUST(pthread_mutex_unlock(&p->lock));
    if (!open) {
        p->ops.close(p->ctx, fresh);
        return ST_CLOSED;
    }
    *resource = fresh;
    return ST_OK;
}

enum status pool_acquire(pool *p, void **resource)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool open = p->state == OPEN;
    bool shared = open && take(p, resource);
    MUST(pthread_mutex_unlock(&p->lock));

    if (!open)
        return ST_CLOSED;
    if (!shared)
        return open_new(p, resource);
    log_line("Resource acquire: Shared Resource");
    return ST_OK;
}

enum status pool_release(pool *p, void *resource)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool open = p->state == OPEN;
    bool kept = open && put(p, resource);
    MUST(pthread_mutex_unlock(&p->lock));

    if (kept) {
        log_line("Resource Return:  Returned Resource Queue");
        return ST_OK;
    }
    if (open)
        log_line("Resource Return:  Release Resource");
    p->ops.close(p->ctx, resource);
    return ST_OK;
}

/* Call and return with the lock held; it is free while close() runs. A waiter's
 * place is gone once the lock is free, so that comes last. */
static void close_all(pool *p)
{
    void *resource;

    p->state = CLOSING;
    p->closer = pthread_self();
    while (take(p, &resource)) {
        MUST(pthread_mutex_unlock(&p->lock));
        p->ops.close(p->ctx, resource);
        MUST(pthread_mutex_lock(&p->lock));
    }
    p->state = DONE;
    for (; p->waiting != NULL; p->waiting = p->waiting->next)
        MUST(pthread_cond_signal(&p->waiting->go));
}

/* Call and return with the lock held, past OPEN. */
static enum status await_close(pool *p)
{
    struct waiter self;

    if (p->state == CLOSING && pthread_equal(p->closer, pthread_self()))
        return ST_INVALID;
    if (p->state == DONE)
        return ST_OK;
    MUST(pthread_cond_init(&self.go, NULL));
    self.next = p->waiting;
    p->waiting = &self;
    while (p->state != DONE)
        MUST(pthread_cond_wait(&self.go, &p->lock));
    MUST(pthread_cond_destroy(&self.go));
    return ST_OK;
}

enum status pool_close(pool *p)
{
    enum status status = ST_OK;

    MUST(pthread_mutex_lock(&p->lock));
    if (p->state == OPEN)
        close_all(p);
    else
        status = await_close(p);
    MUST(pthread_mutex_unlock(&p->lock));
    return status;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    (void)pool_close(p); /* it refuses only what is not allowed here */
    MUST(pthread_mutex_destroy(&p->lock));
    free(p->places);
    free(p);
}
