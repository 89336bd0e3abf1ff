/* Design: the queue is two stacks, one that resources come into and one that
 * they leave from; who waits for the first pool_close() goes through a
 * semaphore as through a turnstile. Everything but the semaphore is one
 * allocation. */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "logline.h"
#include "must.h"

struct stack {
    void **items; /* room for max_idle of them */
    size_t count;
};

/* Invariants, whenever the lock is free: leaving, from its top down, and then
 * arrived, from its bottom up, is the queue, idle longest first; both together
 * hold at most max_idle. Once closed is true nothing arrives, and only the
 * closing thread takes anything. */
struct pool {
    struct pool_ops ops; /* set by pool_new, then never changed */
    void *ctx;           /* the caller's; likewise */
    size_t max_idle;     /* likewise */

    sem_t emptied;        /* 1 once all that was idle has been closed, else 0 */
    pthread_mutex_t lock; /* guards all below */
    struct stack arrived;
    struct stack leaving;
    bool closed;      /* pool_close has begun */
    bool empty;       /* and has closed all that was idle */
    pthread_t closer; /* the thread that does it; valid once closed */
    void *items[];    /* the two stacks' */
};

/* The pool with room for both stacks; NULL if there is no memory for it, or no
 * size for so much. */
static pool *allocate(size_t max_idle)
{
    pool *p = NULL;

    if (max_idle <= (SIZE_MAX - sizeof *p) / (2 * sizeof p->items[0]))
        p = calloc(1, sizeof *p + max_idle * 2 * sizeof p->items[0]);
    if (p != NULL) {
        p->max_idle = max_idle;
        p->arrived.items = p->items;
        p->leaving.items = p->items + max_idle;
    }
    return p;
}

static enum status init_locking(pool *p)
{
    int error = pthread_mutex_init(&p->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    if (sem_init(&p->emptied, 0, 0) == 0)
        return ST_OK;
    error = errno;
    MUST(pthread_mutex_destroy(&p->lock));
    return status_of_error(error);
}

enum status pool_new(pool **out, const struct pool_ops *ops, void *ctx,
                     size_t max_idle)
{
    if (ops == NULL || ops->open == NULL || ops->close == NULL || max_idle == 0)
        return ST_INVALID;
    pool *p = allocate(max_idle);
    if (p == NULL)
        return ST_NOMEM;
    p->ops = *ops;
    p->ctx = ctx;
    enum status status = init_locking(p);
    if (status != ST_OK) {
        free(p);
        return status;
    }
    *out = p;
    return ST_OK;
}

static void push(struct stack *stack, void *item)
{
    stack->items[stack->count] = item;
    stack->count++;
}

static void *pop(struct stack *stack)
{
    stack->count--;
    return stack->items[stack->count];
}

/* Call with the lock held, as the next two. */
static size_t idle(const pool *p)
{
    return p->arrived.count + p->leaving.count;
}

/* Take what has been idle longest; call with something idle. Turning a stack
 * over puts what came first on top; each resource is turned over once. */
static void *take_oldest(pool *p)
{
    if (p->leaving.count == 0)
        while (p->arrived.count > 0)
            push(&p->leaving, pop(&p->arrived));
    return pop(&p->leaving);
}

/* False: the pool is closed or full. */
static bool keep(pool *p, void *resource)
{
    if (p->closed || idle(p) == p->max_idle)
        return false;
    push(&p->arrived, resource);
    return true;
}

static bool is_closed(pool *p)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool closed = p->closed;
    MUST(pthread_mutex_unlock(&p->lock));
    return closed;
}

static enum status open_new(pool *p, void **resource)
{
    void *fresh = NULL;

    log_line("Resource acquire: New Resource");
    enum status status = p->ops.open(p->ctx, &fresh);
    if (status != ST_OK)
        return status;
    if (is_closed(p)) { /* while open() ran: nobody else knows of it */
        p->ops.close(p->ctx, fresh);
        return ST_CLOSED;
    }
    *resource = fresh;
    return ST_OK;
}

enum status pool_acquire(pool *p, void **resource)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool closed = p->closed;
    bool shared = !closed && idle(p) > 0;
    if (shared)
        *resource = take_oldest(p);
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
    MUST(pthread_mutex_lock(&p->lock));
    bool closed = p->closed;
    bool kept = keep(p, resource);
    MUST(pthread_mutex_unlock(&p->lock));

    if (kept) {
        log_line("Resource Return:  Returned Resource Queue");
        return ST_OK;
    }
    if (!closed)
        log_line("Resource Return:  Release Resource");
    p->ops.close(p->ctx, resource);
    return ST_OK;
}

/* What is to be closed next; false: nothing is left, and empty is true. */
static bool next_idle(pool *p, void **resource)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool any = idle(p) > 0;
    if (any)
        *resource = take_oldest(p);
    else
        p->empty = true;
    MUST(pthread_mutex_unlock(&p->lock));
    return any;
}

static void close_idle(pool *p)
{
    void *resource = NULL;

    while (next_idle(p, &resource))
        p->ops.close(p->ctx, resource);
}

/* Sleep until the semaphore is posted; a signal handler may cut a wait short.
 */
static void down(sem_t *semaphore)
{
    int result;

    do {
        result = sem_wait(semaphore);
    } while (result == -1 && errno == EINTR);
    MUST(result);
}

/* Closed by this thread, which is not done with it yet? Call with the lock
 * held. */
static bool is_own_close(const pool *p)
{
    return p->closed && !p->empty && pthread_equal(p->closer, pthread_self());
}

/* True for the one call that is to close what is idle. */
static bool begin_close(pool *p)
{
    bool first = !p->closed;

    if (first) {
        p->closed = true;
        p->closer = pthread_self();
    }
    return first;
}

/* Whoever has come through the turnstile lets the next one in. */
enum status pool_close(pool *p)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool own = is_own_close(p);
    bool first = begin_close(p);
    MUST(pthread_mutex_unlock(&p->lock));

    if (own)
        return ST_INVALID;
    if (first)
        close_idle(p);
    else
        down(&p->emptied);
    MUST(sem_post(&p->emptied));
    return ST_OK;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    (void)pool_close(p); /* it refuses only what is not allowed here */
    MUST(sem_destroy(&p->emptied));
    MUST(pthread_mutex_destroy(&p->lock));
    free(p);
}
