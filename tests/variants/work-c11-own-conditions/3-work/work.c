/* Design: C11 threads. An idle worker lies in a list with a condition of its
 * own, and who submits puts the task straight into its hands. */
#include "work.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

#include "must.h"

_Static_assert(thrd_success == 0, "MUST() takes 0 for success");

struct job {
    work_task *task;
    void *arg;
};

/* A worker. Invariant, whenever the lock is free: it is in the list of the idle
 * exactly while it waits for a task and has not been given one. */
struct worker {
    work_pool *pool;          /* never changes */
    thrd_t thread;            /* for whoever joins it */
    cnd_t called;             /* has_job or the pool's closed became true */
    bool has_job;             /* guarded by the pool's lock, as all below */
    struct job job;           /* valid while has_job */
    struct worker *next_idle; /* valid while in the list */
};

struct work_pool {
    struct worker *workers; /* owned */
    size_t count;           /* workers that were started */

    mtx_t lock;          /* guards all below */
    cnd_t moved;         /* for work_run: idle, turn or closed has changed */
    cnd_t stopped;       /* for work_shutdown: joined has become true */
    struct worker *idle; /* the list of the idle */
    uint64_t tickets;    /* drawn in work_run so far; also the next one */
    uint64_t turn;       /* whose ticket comes next */
    bool closed;         /* no task is given to a worker any more */
    bool joined;         /* every worker has been joined */
};

/* The pool whose worker the calling thread is, or NULL. Thread ids would not
 * tell: a new thread may have the id of a worker that has been joined. */
static _Thread_local const work_pool *own_pool;

static enum status status_of_result(int result)
{
    if (result == thrd_success)
        return ST_OK;
    return result == thrd_nomem ? ST_NOMEM : ST_SYS;
}

static int init_conditions(work_pool *w)
{
    int result = cnd_init(&w->moved);
    if (result != thrd_success)
        return result;
    result = cnd_init(&w->stopped);
    if (result != thrd_success)
        cnd_destroy(&w->moved);
    return result;
}

static enum status init_locking(work_pool *w)
{
    int result = mtx_init(&w->lock, mtx_plain);
    if (result != thrd_success)
        return status_of_result(result);
    result = init_conditions(w);
    if (result != thrd_success)
        mtx_destroy(&w->lock);
    return status_of_result(result);
}

/* A pool without workers. */
static enum status make_pool(work_pool **out, size_t threads)
{
    work_pool *w = calloc(1, sizeof *w);
    if (w == NULL)
        return ST_NOMEM;
    w->workers = calloc(threads, sizeof *w->workers);
    enum status status = w->workers == NULL ? ST_NOMEM : init_locking(w);
    if (status != ST_OK) {
        free(w->workers);
        free(w);
        return status;
    }
    *out = w;
    return ST_OK;
}

/* A pool's end: no worker is left. */
static void free_pool(work_pool *w)
{
    cnd_destroy(&w->stopped);
    cnd_destroy(&w->moved);
    mtx_destroy(&w->lock);
    free(w->workers);
    free(w);
}

/* Lie down among the idle until there is a task. False: there will be none. A
 * task that was given before the pool was closed is still done. */
static bool await_job(struct worker *self, struct job *job)
{
    work_pool *w = self->pool;

    MUST(mtx_lock(&w->lock));
    self->next_idle = w->idle;
    w->idle = self;
    MUST(cnd_broadcast(&w->moved));
    while (!self->has_job && !w->closed)
        MUST(cnd_wait(&self->called, &w->lock));
    bool given = self->has_job;
    self->has_job = false;
    *job = self->job;
    MUST(mtx_unlock(&w->lock));
    return given;
}

static int work_on(void *arg)
{
    struct worker *self = arg;
    struct job job;

    own_pool = self->pool;
    while (await_job(self, &job))
        job.task(job.arg);
    return 0;
}

/* Give nothing out any more. True for the one call that sets closed: only then
 * are the workers' conditions sure to be there still. */
static bool close_door(work_pool *w)
{
    MUST(mtx_lock(&w->lock));
    bool first = !w->closed;
    w->closed = true;
    for (size_t i = 0; first && i < w->count; i++)
        MUST(cnd_signal(&w->workers[i].called));
    MUST(cnd_broadcast(&w->moved));
    MUST(mtx_unlock(&w->lock));
    return first;
}

static void join_workers(work_pool *w)
{
    for (size_t i = 0; i < w->count; i++) {
        MUST(thrd_join(w->workers[i].thread, NULL));
        cnd_destroy(&w->workers[i].called);
    }
}

static int start_worker(work_pool *w, struct worker *worker)
{
    worker->pool = w;
    int result = cnd_init(&worker->called);
    if (result != thrd_success)
        return result;
    result = thrd_create(&worker->thread, work_on, worker);
    if (result != thrd_success)
        cnd_destroy(&worker->called);
    return result;
}

static enum status start_workers(work_pool *w, size_t threads)
{
    int result = thrd_success;

    while (result == thrd_success && w->count < threads) {
        result = start_worker(w, &w->workers[w->count]);
        w->count += result == thrd_success;
    }
    if (result != thrd_success) {
        (void)close_door(w);
        join_workers(w);
    }
    return status_of_result(result);
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

/* Put the job into an idle worker's hands. Call with the lock held. */
static void give(work_pool *w, struct job job)
{
    struct worker *worker = w->idle;

    w->idle = worker->next_idle;
    worker->job = job;
    worker->has_job = true;
    MUST(cnd_signal(&worker->called));
}

/* Tasks go out in the order of the tickets. When one has, it is the next one's
 * turn, and there may be an idle worker for it already. */
enum status work_run(work_pool *w, work_task *task, void *arg)
{
    if (task == NULL)
        return ST_INVALID;
    MUST(mtx_lock(&w->lock));
    const uint64_t ticket = w->tickets++;
    while (!w->closed && (w->turn != ticket || w->idle == NULL))
        MUST(cnd_wait(&w->moved, &w->lock));
    bool given = !w->closed;
    if (given) {
        give(w, (struct job){.task = task, .arg = arg});
        w->turn++;
        MUST(cnd_broadcast(&w->moved));
    }
    MUST(mtx_unlock(&w->lock));
    return given ? ST_OK : ST_CLOSED;
}

static void announce_stop(work_pool *w)
{
    MUST(mtx_lock(&w->lock));
    w->joined = true;
    MUST(cnd_broadcast(&w->stopped));
    MUST(mtx_unlock(&w->lock));
}

static void await_stop(work_pool *w)
{
    MUST(mtx_lock(&w->lock));
    while (!w->joined)
        MUST(cnd_wait(&w->stopped, &w->lock));
    MUST(mtx_unlock(&w->lock));
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
