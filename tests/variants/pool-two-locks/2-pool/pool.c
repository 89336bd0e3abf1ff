/* Design: the bounded buffer of the textbooks. One semaphore counts what is
 * idle, another the free places; who takes and who gives back have a lock each,
 * so that they do not hold one another up. */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>

#include "logline.h"
#include "must.h"

/* Invariants, whenever both locks are free: the queue is what stands from place
 * `head` on, as many as `idle` counts; idle and places together count max_idle.
 * closed is set with both locks held, so each of them is enough to read it;
 * from then on only the closing thread takes anything, and nothing comes in. */
struct pool {
    struct pool_ops ops; /* set by pool_new, then never changed */
    void *ctx;           /* the caller's; likewise */
    size_t max_idle;     /* likewise */
    void **ring;         /* owned: max_idle places */

    sem_t idle;    /* resources that may be taken */
    sem_t places;  /* places that are free */
    sem_t emptied; /* 1 once all that was idle has been closed, else 0 */

    pthread_mutex_t taking; /* guards head; taken before giving */
    size_t head;            /* where the queue begins */
    pthread_mutex_t giving; /* guards tail */
    size_t tail;            /* where the next resource goes */
    bool closed;            /* pool_close has begun */
    bool empty;             /* it has ended; guarded by taking */
    pthread_t closer;       /* who closes; set with closed */
};

static void lock(pthread_mutex_t *mutex)
{
    MUST(pthread_mutex_lock(mutex));
}

static void unlock(pthread_mutex_t *mutex)
{
    MUST(pthread_mutex_unlock(mutex));
}

static enum status init(sem_t *semaphore, unsigned value)
{
    return status_of_error(sem_init(semaphore, 0, value) == 0 ? 0 : errno);
}

static void up(sem_t *semaphore)
{
    MUST(sem_post(semaphore));
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

/* Count down if that needs no wait. */
static bool try_down(sem_t *semaphore)
{
    int result;

    do {
        result = sem_trywait(semaphore);
    } while (result == -1 && errno == EINTR);
    if (result == -1 && errno != EAGAIN)
        MUST(result);
    return result == 0;
}

static enum status init_semaphores(pool *p)
{
    enum status status = init(&p->idle, 0);
    if (status != ST_OK)
        return status;
    status = init(&p->emptied, 0);
    if (status == ST_OK) {
        status = init(&p->places, (unsigned)p->max_idle);
        if (status == ST_OK)
            return ST_OK;
        MUST(sem_destroy(&p->emptied));
    }
    MUST(sem_destroy(&p->idle));
    return status;
}

static void destroy_semaphores(pool *p)
{
    MUST(sem_destroy(&p->places));
    MUST(sem_destroy(&p->emptied));
    MUST(sem_destroy(&p->idle));
}

static enum status init_locks(pool *p)
{
    int error = pthread_mutex_init(&p->taking, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_mutex_init(&p->giving, NULL);
    if (error != 0)
        MUST(pthread_mutex_destroy(&p->taking));
    return status_of_error(error);
}

static enum status init_locking(pool *p)
{
    enum status status = init_semaphores(p);
    if (status != ST_OK)
        return status;
    status = init_locks(p);
    if (status != ST_OK)
        destroy_semaphores(p);
    return status;
}

/* A semaphore counts to SEM_VALUE_MAX at most; sem_init refuses more, but takes
 * an unsigned, into which a size_t may not fit. */
static enum status make_pool(pool **out, size_t max_idle)
{
    if (max_idle != (unsigned)max_idle)
        return ST_NOMEM;
    pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ST_NOMEM;
    p->max_idle = max_idle;
    p->ring = calloc(max_idle, sizeof *p->ring);
    enum status status = p->ring == NULL ? ST_NOMEM : init_locking(p);
    if (status != ST_OK) {
        free(p->ring);
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

/* Take what has been idle longest, if anything is idle. Its place is free only
 * when it has been emptied. Call with taking held. */
static bool take(pool *p, void **resource)
{
    if (!try_down(&p->idle))
        return false;
    *resource = p->ring[p->head];
    p->head = (p->head + 1) % p->max_idle;
    up(&p->places);
    return true;
}

/* Put a resource behind the others, if there is a place. Call with giving held.
 */
static bool put(pool *p, void *resource)
{
    if (!try_down(&p->places))
        return false;
    p->ring[p->tail] = resource;
    p->tail = (p->tail + 1) % p->max_idle;
    up(&p->idle);
    return true;
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
    lock(&p->taking);
    bool closed = p->closed;
    unlock(&p->taking);
    if (closed) {
        p->ops.close(p->ctx, fresh);
        return ST_CLOSED;
    }
    *resource = fresh;
    return ST_OK;
}

enum status pool_acquire(pool *p, void **resource)
{
    lock(&p->taking);
    bool closed = p->closed;
    bool shared = !closed && take(p, resource);
    unlock(&p->taking);

    if (closed)
        return ST_CLOSED;
    if (!shared)
        return open_new(p, resource);
    log_line("Resource acquire: Shared Resource");
    return ST_OK;
}

enum status pool_release(pool *p, void *resource)
{
    lock(&p->giving);
    bool closed = p->closed;
    bool kept = !closed && put(p, resource);
    unlock(&p->giving);

    if (kept) {
        log_line("Resource Return:  Returned Resource Queue");
        return ST_OK;
    }
    if (!closed)
        log_line("Resource Return:  Release Resource");
    p->ops.close(p->ctx, resource);
    return ST_OK;
}

/* True for the one call that closes. */
static bool begin_close(pool *p)
{
    lock(&p->taking);
    lock(&p->giving);
    bool first = !p->closed;
    if (first) {
        p->closed = true;
        p->closer = pthread_self();
    }
    unlock(&p->giving);
    unlock(&p->taking);
    return first;
}

/* Nobody else takes or puts any more, so no lock is needed, and none is held
 * while close() runs. */
static void close_idle(pool *p)
{
    void *resource;

    while (take(p, &resource))
        p->ops.close(p->ctx, resource);
}

static void end_close(pool *p)
{
    lock(&p->taking);
    p->empty = true;
    unlock(&p->taking);
    up(&p->emptied);
}

/* Go through the turnstile; the closing thread would wait for itself. */
static enum status await_close(pool *p)
{
    lock(&p->taking);
    bool is_own = !p->empty && pthread_equal(p->closer, pthread_self());
    unlock(&p->taking);
    if (is_own)
        return ST_INVALID;
    down(&p->emptied);
    up(&p->emptied);
    return ST_OK;
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
    (void)pool_close(p); /* it refuses only what is not allowed here */
    MUST(pthread_mutex_destroy(&p->giving));
    MUST(pthread_mutex_destroy(&p->taking));
    destroy_semaphores(p);
    free(p->ring);
    free(p);
}
