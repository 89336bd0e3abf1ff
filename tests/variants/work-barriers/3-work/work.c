/* Design: a rendezvous in the word's own sense. An idle worker waits at a
 * barrier for two; who submits, in the order of tickets, puts a task into the
 * worker's hands and comes to the barrier as the second. */
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

/* A worker. It comes to its barrier exactly when it has entered the list of the
 * idle, and whoever takes it out of the list comes there too, once. The job is
 * written before they meet, by the second, and read after, by the worker. */
struct worker {
    work_pool *pool;           /* never changes */
    pthread_t thread;          /* for whoever joins it */
    pthread_barrier_t meeting; /* the worker, and who took it out of the list */
    bool has_job;              /* false: the pool is closed */
    struct job job;            /* valid while has_job */
    struct worker *next_idle;  /* valid while in the list */
};

struct work_pool {
    struct worker *workers; /* owned */
    size_t count;           /* workers that were started */

    pthread_mutex_t lock;   /* guards all below */
    pthread_cond_t moved;   /* idle, turn, guests or closed has changed */
    pthread_cond_t stopped; /* joined has become true */
    struct worker *idle;    /* the list of the idle; empty once closed */
    uint64_t tickets;       /* drawn in work_run so far; also the next one */
    uint64_t turn;          /* whose ticket comes next */
    size_t guests;          /* who is in work_run() and may be at a barrier */
    bool closed;            /* no task is given to a worker any more */
    bool joined;            /* every worker has been joined */
};

/* The pool whose worker the calling thread is, or NULL. Thread ids would not
 * tell: a new thread may have the id of a worker that has been joined. */
static _Thread_local const work_pool *own_pool;

static enum status init_conditions(work_pool *w)
{
    int error = pthread_cond_init(&w->moved, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&w->stopped, NULL);
    if (error != 0)
        MUST(pthread_cond_destroy(&w->moved));
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
    MUST(pthread_cond_destroy(&w->stopped));
    MUST(pthread_cond_destroy(&w->moved));
    MUST(pthread_mutex_destroy(&w->lock));
    free(w->workers);
    free(w);
}

static void meet(struct worker *worker)
{
    int result = pthread_barrier_wait(&worker->meeting);

    if (result != PTHREAD_BARRIER_SERIAL_THREAD)
        MUST(result);
}

/* Be idle until someone comes. False: there will be no more tasks. */
static bool await_job(struct worker *self)
{
    work_pool *w = self->pool;

    MUST(pthread_mutex_lock(&w->lock));
    bool closed = w->closed;
    if (!closed) {
        self->next_idle = w->idle;
        w->idle = self;
        MUST(pthread_cond_broadcast(&w->moved));
    }
    MUST(pthread_mutex_unlock(&w->lock));

    if (closed)
        return false;
    meet(self);
    return self->has_job;
}

static void *work_on(void *arg)
{
    struct worker *self = arg;

    own_pool = self->pool;
    while (await_job(self))
        self->job.task(self->job.arg);
    return NULL;
}

/* A worker is gone once they have met. So what follows it is read before. */
static void send_home(struct worker *worker)
{
    while (worker != NULL) {
        struct worker *next = worker->next_idle;
        worker->has_job = false;
        meet(worker);
        worker = next;
    }
}

/* Give nothing out any more. True for the one call that sets closed. */
static bool close_door(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    bool first = !w->closed;
    w->closed = true;
    struct worker *idle = w->idle;
    w->idle = NULL;
    MUST(pthread_cond_broadcast(&w->moved));
    MUST(pthread_mutex_unlock(&w->lock));
    send_home(idle);
    return first;
}

/* Wait until nobody is at a barrier any more. */
static void await_guests(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    while (w->guests > 0)
        MUST(pthread_cond_wait(&w->moved, &w->lock));
    MUST(pthread_mutex_unlock(&w->lock));
}

/* A worker that met someone may have ended before the other has come away from
 * the barrier. So all barriers go last. */
static void join_workers(work_pool *w)
{
    for (size_t i = 0; i < w->count; i++)
        MUST(pthread_join(w->workers[i].thread, NULL));
    await_guests(w);
    for (size_t i = 0; i < w->count; i++)
        MUST(pthread_barrier_destroy(&w->workers[i].meeting));
}

static int start_worker(work_pool *w, struct worker *worker)
{
    worker->pool = w;
    int error = pthread_barrier_init(&worker->meeting, NULL, 2);
    if (error != 0)
        return error;
    error = pthread_create(&worker->thread, NULL, work_on, worker);
    if (error != 0)
        MUST(pthread_barrier_destroy(&worker->meeting));
    return error;
}

static enum status start_workers(work_pool *w, size_t threads)
{
    int error = 0;

    while (error == 0 && w->count < threads) {
        error = start_worker(w, &w->workers[w->count]);
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

/* Wait for one's turn and an idle worker, and take it out of the list. NULL:
 * the pool is closed. */
static struct worker *await_worker(work_pool *w)
{
    struct worker *worker = NULL;

    MUST(pthread_mutex_lock(&w->lock));
    const uint64_t ticket = w->tickets++;
    while (!w->closed && (w->turn != ticket || w->idle == NULL))
        MUST(pthread_cond_wait(&w->moved, &w->lock));
    if (!w->closed) {
        worker = w->idle;
        w->idle = worker->next_idle;
        w->turn++;
        w->guests++;
        MUST(pthread_cond_broadcast(&w->moved));
    }
    MUST(pthread_mutex_unlock(&w->lock));
    return worker;
}

static void leave(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    w->guests--;
    MUST(pthread_cond_broadcast(&w->moved));
    MUST(pthread_mutex_unlock(&w->lock));
}

enum status work_run(work_pool *w, work_task *task, void *arg)
{
    if (task == NULL)
        return ST_INVALID;
    struct worker *worker = await_worker(w);
    if (worker == NULL)
        return ST_CLOSED;
    worker->job = (struct job){.task = task, .arg = arg};
    worker->has_job = true;
    meet(worker);
    leave(w);
    return ST_OK;
}

static void announce_stop(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    w->joined = true;
    MUST(pthread_cond_broadcast(&w->stopped));
    MUST(pthread_mutex_unlock(&w->lock));
}

static void await_stop(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    while (!w->joined)
        MUST(pthread_cond_wait(&w->stopped, &w->lock));
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
