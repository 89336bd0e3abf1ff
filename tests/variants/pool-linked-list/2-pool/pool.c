/* Design: the queue is a linked list of nodes that pool_new() has made once and
 * for all, and one state says how far the pool's life has come. pool_close()
 * takes the whole list away and works on it alone. */
#include "pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "logline.h"
#include "must.h"

/* A place for an idle resource. */
struct node {
    void *resource; /* valid while in the queue */
    struct node *next;
};

enum state { OPEN, CLOSING, CLOSED }; /* in this order, never back */

/* Invariants, whenever the lock is free: each of the max_idle nodes is in the
 * queue or among the spare ones, or, once the state is past OPEN, may be the
 * closing thread's; the queue is empty once the state is past OPEN. */
struct pool {
    struct pool_ops ops; /* set by pool_new, then never changed */
    void *ctx;           /* the caller's; likewise */
    struct node *nodes;  /* owned: all of them; likewise */

    pthread_mutex_t lock; /* guards all below, and the nodes in both lists */
    pthread_cond_t ended; /* state has become CLOSED */
    struct node *spare;   /* nodes without a resource */
    struct node *first;   /* the queue: idle longest first */
    struct node **end;    /* the link where the queue's next node goes */
    enum state state;
    pthread_t closer; /* the thread that closes; valid while CLOSING */
};

static enum status init_locking(pool *p)
{
    int error = pthread_mutex_init(&p->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&p->ended, NULL);
    if (error != 0)
        MUST(pthread_mutex_destroy(&p->lock));
    return status_of_error(error);
}

/* Everything empty, and all nodes spare. */
static void init_lists(pool *p, size_t max_idle)
{
    p->first = NULL;
    p->end = &p->first;
    for (size_t i = 0; i < max_idle; i++) {
        p->nodes[i].next = p->spare;
        p->spare = &p->nodes[i];
    }
}

static enum status make_pool(pool **out, size_t max_idle)
{
    pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ST_NOMEM;
    p->nodes = calloc(max_idle, sizeof *p->nodes);
    enum status status = p->nodes == NULL ? ST_NOMEM : init_locking(p);
    if (status != ST_OK) {
        free(p->nodes);
        free(p);
        return status;
    }
    init_lists(p, max_idle);
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

static bool is_open(pool *p)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool open = p->state == OPEN;
    MUST(pthread_mutex_unlock(&p->lock));
    return open;
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
    if (!is_open(p)) {
        p->ops.close(p->ctx, fresh);
        return ST_CLOSED;
    }
    *resource = fresh;
    return ST_OK;
}

/* Take what has been idle longest; its node is spare then. Call with the lock
 * held, and a queue that is not empty. */
static void *dequeue(pool *p)
{
    struct node *oldest = p->first;

    p->first = oldest->next;
    if (p->first == NULL)
        p->end = &p->first;
    oldest->next = p->spare;
    p->spare = oldest;
    return oldest->resource;
}

/* Put a resource behind the others, in a spare node. Call with the lock held,
 * and a node to spare. */
static void enqueue(pool *p, void *resource)
{
    struct node *node = p->spare;

    p->spare = node->next;
    *node = (struct node){.resource = resource};
    *p->end = node;
    p->end = &node->next;
}

enum status pool_acquire(pool *p, void **resource)
{
    MUST(pthread_mutex_lock(&p->lock));
    bool open = p->state == OPEN;
    bool shared = p->first != NULL; /* so the pool is open */
    if (shared)
        *resource = dequeue(p);
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
    bool kept = open && p->spare != NULL;
    if (kept)
        enqueue(p, resource);
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

/* Close what was idle. The list is the closing thread's own, so the lock is not
 * needed. */
static void close_all(pool *p, const struct node *list)
{
    for (; list != NULL; list = list->next)
        p->ops.close(p->ctx, list->resource);
}

static void end_close(pool *p)
{
    MUST(pthread_mutex_lock(&p->lock));
    p->state = CLOSED;
    MUST(pthread_cond_broadcast(&p->ended));
    MUST(pthread_mutex_unlock(&p->lock));
}

/* Call with the lock held, and the pool past OPEN. */
static enum status await_close(pool *p)
{
    if (p->state == CLOSING && pthread_equal(p->closer, pthread_self()))
        return ST_INVALID;
    while (p->state != CLOSED)
        MUST(pthread_cond_wait(&p->ended, &p->lock));
    return ST_OK;
}

enum status pool_close(pool *p)
{
    enum status status = ST_OK;
    const struct node *list = NULL;

    MUST(pthread_mutex_lock(&p->lock));
    bool first = p->state == OPEN;
    if (first) {
        p->state = CLOSING;
        p->closer = pthread_self();
        list = p->first;
        p->first = NULL;
    } else {
        status = await_close(p);
    }
    MUST(pthread_mutex_unlock(&p->lock));

    if (first) {
        close_all(p, list);
        end_close(p);
    }
    return status;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    (void)pool_close(p); /* it refuses only what is not allowed here */
    MUST(pthread_cond_destroy(&p->ended));
    MUST(pthread_mutex_destroy(&p->lock));
    free(p->nodes);
    free(p);
}
