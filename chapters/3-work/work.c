#include "work.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "must.h"
#include "step.h"

struct job {
    work_task *task;
    void *arg;
};

enum fate { OFFERED, TAKEN, REFUSED };

/* A job that waits for a worker. It stands on the stack of the thread in
 * work_run(), which stays there as long as the offer is in the list. The pool's
 * lock guards all members but the job, which never changes. */
struct offer {
    struct job job;
    enum fate fate;         /* OFFERED exactly while it is in the list */
    pthread_cond_t decided; /* fate has changed */
    struct offer *next;     /* the one that was offered next */
};

struct work_pool {
    pthread_t *threads; /* owned; set before work_new gives the pool out */
    size_t count;       /* threads that were started; likewise */

    pthread_mutex_t lock;   /* guards all below */
    pthread_cond_t arrived; /* an offer came, or closed was set */
    pthread_cond_t stopped; /* joined has become true */
    struct offer *first;    /* the list of offers, oldest first */
    struct offer *last;     /* valid while first is not NULL */
    bool closed;            /* no offer is accepted or taken any more */
    bool joined;            /* every worker has been joined */
};

/* The pool whose worker the calling thread is, or NULL: every thread has a
 * variable of its own. Thread ids would not tell, since a new thread may have
 * the id of a worker that has been joined. */
static _Thread_local const work_pool *own_pool;

static enum status init_conditions(work_pool *w)
{
    int error = pthread_cond_init(&w->arrived, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&w->stopped, NULL);
    if (error != 0)
        MUST(pthread_cond_destroy(&w->arrived));
    return status_of_error(error);
}

static enum status init_locking(work_pool *w)
{
    int error = pthread_mutex_init(&w->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    enum status status = init_conditions(w);
    if (status != ST_OK)
        MUST(pthread_mutex_destroy(&w->lock));
    return status;
}

/* A pool without workers. */
static enum status make_pool(work_pool **out, size_t threads)
{
    /* TODO work.1: Refuse zero threads. Allocate the pool with all members
     * zero, and room for its threads (calloc checks the product); prepare the
     * lock and the conditions with init_locking(). Give the pool out only when
     * all went well; on failure leave nothing behind. */
    return step_todo("work.1", out, threads, init_locking);
}

/* A pool's end: no worker is left. */
static void free_pool(work_pool *w)
{
    MUST(pthread_cond_destroy(&w->stopped));
    MUST(pthread_cond_destroy(&w->arrived));
    MUST(pthread_mutex_destroy(&w->lock));
    free(w->threads);
    free(w);
}

/* Defined below, in the order of the steps. */
static bool take(work_pool *w, struct job *job);
static void refuse_offers(work_pool *w);

static void *worker(void *arg)
{
    work_pool *w = arg;
    struct job job;

    own_pool = w;
    while (take(w, &job))
        job.task(job.arg);
    return NULL;
}

/* Accept nothing more. True for the one call that sets closed. */
static bool close_door(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    bool first = !w->closed;
    if (first) {
        w->closed = true;
        refuse_offers(w);
        MUST(pthread_cond_broadcast(&w->arrived));
    }
    MUST(pthread_mutex_unlock(&w->lock));
    return first;
}

/* Wait for every worker to end; call after close_door(), once. */
static void join_workers(work_pool *w)
{
    /* TODO work.2: Join every thread that was started. */
    (void)step_todo("work.2", w);
}

static enum status start_workers(work_pool *w, size_t threads)
{
    /* TODO work.2: Start one thread after the other, each with worker(), and
     * count those that run. When one cannot be started, tell the others to end
     * (close_door), join them, and return status_of_error() of the error. */
    return step_todo("work.2", w, threads, worker);
}

enum status work_new(work_pool **out, size_t threads)
{
    work_pool *w = NULL;

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

/* Take the oldest offer's job, waiting while there is none. False: the pool is
 * closed, and the worker is to end. */
static bool take(work_pool *w, struct job *job)
{
    /* TODO work.3: Under the lock, sleep until there is an offer or the pool is
     * closed. If it is closed, return false. Else copy the oldest offer's job,
     * take the offer out of the list, set its fate to TAKEN and wake the thread
     * that waits for it; all before you leave the lock: the offer is gone once
     * its thread has seen its fate. */
    return step_todo("work.3", w, job) == ST_OK;
}

/* Put an offer behind the others. Call with the lock held. */
static void append(work_pool *w, struct offer *offer)
{
    if (w->first == NULL)
        w->first = offer;
    else
        w->last->next = offer;
    w->last = offer;
}

/* Offer a job and wait until its fate is decided. */
static enum fate offer_job(work_pool *w, struct offer *offer)
{
    /* TODO work.4: Under the lock: if the pool is closed, the fate is REFUSED.
     * Else append the offer to the list, wake one worker, and sleep on the
     * offer's own condition until its fate is no longer OFFERED. */
    (void)step_todo("work.4", w, offer, append);
    return REFUSED;
}

enum status work_run(work_pool *w, work_task *task, void *arg)
{
    struct offer offer = {.job = {.task = task, .arg = arg}, .fate = OFFERED};

    if (task == NULL)
        return ST_INVALID;
    int error = pthread_cond_init(&offer.decided, NULL);
    if (error != 0)
        return status_of_error(error);
    enum fate fate = offer_job(w, &offer);
    MUST(pthread_cond_destroy(&offer.decided));
    return fate == TAKEN ? ST_OK : ST_CLOSED;
}

/* Tell everyone who waits in work_run() that no worker will come. Call with the
 * lock held. */
static void refuse_offers(work_pool *w)
{
    /* TODO work.5: Take one offer after the other out of the list, set its fate
     * to REFUSED and wake its thread. Read what follows an offer before its
     * thread can go on. */
    (void)step_todo("work.5", w);
}

/* Is the calling thread one of the workers? */
static bool is_worker(const work_pool *w)
{
    /* TODO work.6: It is one if its own_pool, which worker() has set, is this
     * pool. */
    return step_todo("work.6", w, own_pool) == ST_OK;
}

/* Tell everyone in await_stop() that all workers have been joined. */
static void announce_stop(work_pool *w)
{
    /* TODO work.7: Under the lock, set joined and wake all who wait for it. */
    (void)step_todo("work.7", w);
}

/* Wait for the first work_shutdown() to join the workers. */
static void await_stop(work_pool *w)
{
    /* TODO work.7: Under the lock, sleep until joined is true. */
    (void)step_todo("work.7", w);
}

enum status work_shutdown(work_pool *w)
{
    if (is_worker(w))
        return ST_INVALID;
    if (close_door(w)) {
        join_workers(w);
        announce_stop(w);
    } else {
        await_stop(w);
    }
    return ST_OK;
}

void work_free(work_pool *w)
{
    if (w == NULL)
        return;
    if (work_shutdown(w) == ST_OK)
        free_pool(w);
}
