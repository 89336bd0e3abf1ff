/* Design: one slot for a task, one condition for everybody, told by broadcast
 * at every change. Who submits draws a ticket and fills the slot in its turn.
 */
#include "work.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "must.h"

struct job {
    work_task *task;
    void *arg;
};

/* Invariants, whenever the lock is free: turn is the number of tasks taken so
 * far, and the ticket of the only thread that may fill the slot; so a task has
 * been taken exactly if turn is past its ticket. Nothing is taken once closed
 * is true. Whoever changes one of these wakes everyone. */
struct work_pool {
    pthread_t *threads; /* owned; written before work_new gives the pool out */
    size_t count;       /* threads that were started; likewise */

    pthread_mutex_t lock;   /* guards all below */
    pthread_cond_t changed; /* something below has changed */
    uint64_t tickets;       /* drawn so far; also the next one */
    uint64_t turn;
    bool full;       /* the slot holds the task with ticket turn */
    struct job slot; /* valid while full */
    bool closed;
    bool joined; /* every worker has been joined */
};

/* The pool whose worker the calling thread is, or NULL. Thread ids would not
 * tell: a new thread may have the id of a worker that has been joined. */
static _Thread_local const work_pool *own_pool;

static enum status init_locking(work_pool *w)
{
    int error = pthread_mutex_init(&w->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&w->changed, NULL);
    if (error != 0)
        MUST(pthread_mutex_destroy(&w->lock));
    return status_of_error(error);
}

/* A pool without workers. */
static enum status make_pool(work_pool **out, size_t threads)
{
    work_pool *w = calloc(1, sizeof *w);
    if (w == NULL)
        return ST_NOMEM;
    w->threads = calloc(threads, sizeof *w->threads);
    enum status status = w->threads == NULL ? ST_NOMEM : init_locking(w);
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
    MUST(pthread_cond_destroy(&w->changed));
    MUST(pthread_mutex_destroy(&w->lock));
    free(w->threads);
    free(w);
}

/* Sleep until something has changed, or for no reason. Call with the lock held,
 * in a loop. */
static void sleep_on(work_pool *w)
{
    MUST(pthread_cond_wait(&w->changed, &w->lock));
}

/* Call with the lock held, after a change. */
static void wake_all(work_pool *w)
{
    MUST(pthread_cond_broadcast(&w->changed));
}

/* Empty the slot, waiting while there is nothing in it. False: the worker is to
 * end. */
static bool take(work_pool *w, struct job *job)
{
    MUST(pthread_mutex_lock(&w->lock));
    while (!w->full && !w->closed)
        sleep_on(w);
    bool taken = !w->closed;
    if (taken) {
        *job = w->slot;
        w->full = false;
        w->turn++;
        wake_all(w);
    }
    MUST(pthread_mutex_unlock(&w->lock));
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

/* Accept nothing more. True for the one call that sets closed. */
static bool close_door(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    bool first = !w->closed;
    w->closed = true;
    wake_all(w);
    MUST(pthread_mutex_unlock(&w->lock));
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

/* The slot is empty when a turn begins: what was in it has been taken, or the
 * turn would not have come. */
static void fill_slot(work_pool *w, struct job job)
{
    w->slot = job;
    w->full = true;
    wake_all(w);
}

enum status work_run(work_pool *w, work_task *task, void *arg)
{
    if (task == NULL)
        return ST_INVALID;
    MUST(pthread_mutex_lock(&w->lock));
    const uint64_t ticket = w->tickets++;
    while (w->turn != ticket && !w->closed)
        sleep_on(w);
    if (!w->closed)
        fill_slot(w, (struct job){.task = task, .arg = arg});
    while (w->turn == ticket && !w->closed)
        sleep_on(w);
    bool taken = w->turn > ticket;
    MUST(pthread_mutex_unlock(&w->lock));
    return taken ? ST_OK : ST_CLOSED;
}

static void announce_stop(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    w->joined = true;
    wake_all(w);
    MUST(pthread_mutex_unlock(&w->lock));
}

static void await_stop(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    while (!w->joined)
        sleep_on(w);
    MUST(pthread_mutex_unlock(&w->lock));
}

enum status work_shutdown(work_pool *w)
{
    if (own_pool == w)
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
