/* Design: a matchmaker, as in Go's channels. Workers and submitters that find
 * nobody queue up, each with a semaphore of its own; whoever comes second does
 * the hand-over for both and wakes the other. A submitter that finds an idle
 * worker never sleeps. */
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

/* A thread that waits to be matched: a worker, or one in work_run(), on whose
 * stack this stands until it is posted; who posts it touches it no more. */
struct party {
    struct job job; /* a submitter's own, or what a worker was given */
    bool matched;   /* valid once posted: false if the pool was closed */
    sem_t go;       /* posted once, when it is out of its queue */
    struct party *next;
};

struct queue {
    struct party *first;
    struct party *last; /* valid while first is not NULL */
};

struct worker {
    work_pool *pool;   /* never changes, as the next */
    pthread_t thread;  /* for whoever joins it */
    struct party self; /* its semaphore is made before the thread */
};

/* Invariants, whenever the lock is free: one of the two queues is empty, and
 * both are once closed is true. */
struct work_pool {
    struct worker *workers; /* owned */
    size_t count;           /* workers that were started */

    pthread_mutex_t lock;   /* guards all below */
    pthread_cond_t stopped; /* joined has become true */
    struct queue submitters;
    struct queue idle;
    bool closed; /* nobody is matched any more */
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
    error = pthread_cond_init(&w->stopped, NULL);
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
    MUST(pthread_mutex_destroy(&w->lock));
    free(w->workers);
    free(w);
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

/* Call with the lock held. */
static void queue_up(struct queue *queue, struct party *party)
{
    party->next = NULL;
    if (queue->first == NULL)
        queue->first = party;
    else
        queue->last->next = party;
    queue->last = party;
}

/* The longest in the queue, or NULL. Call with the lock held. */
static struct party *call_first(struct queue *queue)
{
    struct party *first = queue->first;

    if (first != NULL)
        queue->first = first->next;
    return first;
}

static void let_go(struct party *party, bool matched)
{
    party->matched = matched;
    MUST(sem_post(&party->go));
}

/* Meet someone of the other queue, or wait in one's own. Job is what a
 * submitter brings, and what a worker gets. The semaphore is made before,
 * without the lock. */
static bool match(work_pool *w, struct party *self, bool submits)
{
    struct queue *own = submits ? &w->submitters : &w->idle;
    struct queue *others = submits ? &w->idle : &w->submitters;

    MUST(pthread_mutex_lock(&w->lock));
    bool closed = w->closed;
    struct party *other = closed ? NULL : call_first(others);
    if (other != NULL && submits)
        other->job = self->job;
    else if (other != NULL)
        self->job = other->job;
    else if (!closed)
        queue_up(own, self);
    if (other != NULL)
        let_go(other, true);
    MUST(pthread_mutex_unlock(&w->lock));

    if (closed || other != NULL)
        return other != NULL;
    down(&self->go);
    return self->matched;
}

static void *work_on(void *arg)
{
    struct worker *worker = arg;

    own_pool = worker->pool;
    while (match(worker->pool, &worker->self, false))
        worker->self.job.task(worker->self.job.arg);
    return NULL;
}

static void send_away(struct queue *queue)
{
    for (struct party *p = call_first(queue); p != NULL; p = call_first(queue))
        let_go(p, false);
}

/* Match nobody any more. True for the one call that sets closed. */
static bool close_door(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    bool first = !w->closed;
    w->closed = true;
    send_away(&w->submitters);
    send_away(&w->idle);
    MUST(pthread_mutex_unlock(&w->lock));
    return first;
}

static void join_workers(work_pool *w)
{
    for (size_t i = 0; i < w->count; i++) {
        MUST(pthread_join(w->workers[i].thread, NULL));
        MUST(sem_destroy(&w->workers[i].self.go));
    }
}

static int start_worker(work_pool *w, struct worker *worker)
{
    worker->pool = w;
    if (sem_init(&worker->self.go, 0, 0) != 0)
        return errno;
    int error = pthread_create(&worker->thread, NULL, work_on, worker);
    if (error != 0)
        MUST(sem_destroy(&worker->self.go));
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

enum status work_run(work_pool *w, work_task *task, void *arg)
{
    struct party self = {.job = {.task = task, .arg = arg}};

    if (task == NULL)
        return ST_INVALID;
    if (sem_init(&self.go, 0, 0) != 0)
        return status_of_error(errno);
    bool taken = match(w, &self, true);
    MUST(sem_destroy(&self.go));
    return taken ? ST_OK : ST_CLOSED;
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
