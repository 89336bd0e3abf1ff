/* Design: semaphores alone, without a mutex or a condition. One counts the
 * offers, so that workers never look for nothing; each offer has one of its
 * own, on which the thread that made it waits. */
#include "work.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>

#include "must.h"

struct job {
    work_task *task;
    void *arg;
};

/* A job that waits for a worker, on the stack of the thread in work_run(). That
 * thread stays there until decided is posted; who posts it touches the offer no
 * more. */
struct offer {
    struct job job;
    bool taken;    /* valid once decided was posted */
    sem_t decided; /* posted once: taken, or refused */
    struct offer *next;
};

/* Invariant, until closed is true and whenever the lock is free: the offers in
 * the list are those that offered counts, those whose makers are about to post
 * it, and one for each worker that is past it and about to take. */
struct work_pool {
    pthread_t *threads; /* owned; written before work_new gives the pool out */
    size_t count;       /* threads that were started; likewise */

    sem_t offered;       /* offers in the list; once closed: leave to end */
    sem_t stopped;       /* 1 once all workers have been joined, else 0 */
    sem_t lock;          /* 1: free, 0: held; guards all below */
    struct offer *first; /* the list, oldest first */
    struct offer *last;  /* valid while first is not NULL */
    bool closed;         /* no offer is accepted or taken any more */
};

/* The pool whose worker the calling thread is, or NULL. Thread ids would not
 * tell: a new thread may have the id of a worker that has been joined. */
static _Thread_local const work_pool *own_pool;

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

static enum status init_semaphores(work_pool *w)
{
    enum status status = init(&w->offered, 0);
    if (status != ST_OK)
        return status;
    status = init(&w->stopped, 0);
    if (status == ST_OK) {
        status = init(&w->lock, 1);
        if (status == ST_OK)
            return ST_OK;
        MUST(sem_destroy(&w->stopped));
    }
    MUST(sem_destroy(&w->offered));
    return status;
}

/* A pool without workers. */
static enum status make_pool(work_pool **out, size_t threads)
{
    work_pool *w = calloc(1, sizeof *w);
    if (w == NULL)
        return ST_NOMEM;
    w->threads = calloc(threads, sizeof *w->threads);
    enum status status = w->threads == NULL ? ST_NOMEM : init_semaphores(w);
    if (status != ST_OK) {
        free(w->threads);
        free(w);
        return status;
    }
    *out = w;
    return ST_OK;
}

/* A pool's end: no worker is left. */
static void free_pool(work_pool *w)
{
    MUST(sem_destroy(&w->lock));
    MUST(sem_destroy(&w->stopped));
    MUST(sem_destroy(&w->offered));
    free(w->threads);
    free(w);
}

/* Tell an offer's thread, which may then be gone with its offer. */
static void decide(struct offer *offer, bool taken)
{
    offer->taken = taken;
    up(&offer->decided);
}

/* Take the oldest offer. Call with the lock held, past offered, and the pool
 * not closed: then there is one. */
static struct job take_first(work_pool *w)
{
    struct offer *oldest = w->first;
    struct job job = oldest->job;

    w->first = oldest->next;
    decide(oldest, true);
    return job;
}

/* False: the pool is closed, and the worker is to end. */
static bool take(work_pool *w, struct job *job)
{
    down(&w->offered);
    down(&w->lock);
    bool taken = !w->closed;
    if (taken)
        *job = take_first(w);
    up(&w->lock);
    return taken;
}

static void *worker(void *arg)
{
    work_pool *w = arg;
    struct job job;

    own_pool = w;
    while (take(w, &job))
        job.task(job.arg);
    return NULL;
}

/* Call with the lock held, once closed is true. */
static void refuse_offers(work_pool *w)
{
    while (w->first != NULL) {
        struct offer *oldest = w->first;
        w->first = oldest->next;
        decide(oldest, false);
    }
}

/* Accept nothing more, and give every worker leave to end. True for the one
 * call that closes. */
static bool close_door(work_pool *w)
{
    down(&w->lock);
    bool first = !w->closed;
    w->closed = true;
    refuse_offers(w);
    up(&w->lock);
    for (size_t i = 0; first && i < w->count; i++)
        up(&w->offered);
    return first;
}

static void join_workers(work_pool *w)
{
    for (size_t i = 0; i < w->count; i++)
        MUST(pthread_join(w->threads[i], NULL));
}

static enum status start_workers(work_pool *w, size_t threads)
{
    int error = 0;

    while (error == 0 && w->count < threads) {
        error = pthread_create(&w->threads[w->count], NULL, worker, w);
        w->count += error == 0;
    }
    if (error != 0) {
        (void)close_door(w);
        join_workers(w);
    }
    return status_of_error(error);
}

enum status work_new(work_pool **out, size_t threads)
{
    work_pool *w = NULL;

    if (threads == 0)
        return ST_INVALID;
    enum status status = make_pool(&w, threads);
    if (status != ST_OK)
        return status;
    status = start_workers(w, threads);
    if (status != ST_OK) {
        free_pool(w);
        return status;
    }
    *out = w;
    return ST_OK;
}

/* Put an offer behind the others; false: the pool is closed. */
static bool accept(work_pool *w, struct offer *offer)
{
    down(&w->lock);
    bool accepted = !w->closed;
    if (accepted) {
        if (w->first == NULL)
            w->first = offer;
        else
            w->last->next = offer;
        w->last = offer;
    }
    up(&w->lock);
    return accepted;
}

enum status work_run(work_pool *w, work_task *task, void *arg)
{
    struct offer offer = {.job = {.task = task, .arg = arg}};

    if (task == NULL)
        return ST_INVALID;
    enum status status = init(&offer.decided, 0);
    if (status != ST_OK)
        return status;
    if (accept(w, &offer)) {
        up(&w->offered);
        down(&offer.decided);
    }
    MUST(sem_destroy(&offer.decided));
    return offer.taken ? ST_OK : ST_CLOSED;
}

/* Everyone but the first goes through a turnstile: who has come through lets
 * the next one in. */
enum status work_shutdown(work_pool *w)
{
    if (own_pool == w)
        return ST_INVALID;
    if (close_door(w))
        join_workers(w);
    else
        down(&w->stopped);
    up(&w->stopped);
    return ST_OK;
}

void work_free(work_pool *w)
{
    if (w == NULL)
        return;
    if (work_shutdown(w) == ST_OK)
        free_pool(w);
}
