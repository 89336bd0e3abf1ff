/* Design: leader and followers. Of the idle workers one leads: it alone waits
 * for the next offer, while the others queue up for the lead. It passes the
 * lead on before it works. So one thread at most waits for each condition, and
 * no wake-up ever goes to a thread that has nothing to do. */
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

/* A job that waits for a worker, on the stack of the thread in work_run(),
 * which stays there until decided is posted; who posts it touches the offer no
 * more.
 */
struct offer {
    struct job job;
    bool taken;    /* valid once decided was posted */
    sem_t decided; /* posted once, by the thread that has unlinked the offer */
    struct offer *next;
};

struct work_pool {
    pthread_t *threads; /* owned; written before work_new gives the pool out */
    size_t count;       /* threads that were started; likewise */

    pthread_mutex_t lead; /* held by the leader; taken before lock */
    sem_t stopped;        /* 1 once all workers have been joined, else 0 */

    pthread_mutex_t lock;   /* guards all below */
    pthread_cond_t arrived; /* for the leader: an offer came, or closed */
    struct offer *first;    /* the list, oldest first; empty once closed */
    struct offer **end;     /* the link where the next offer goes */
    bool closed;            /* no offer is accepted or taken any more */
};

/* The pool whose worker the calling thread is, or NULL. Thread ids would not
 * tell: a new thread may have the id of a worker that has been joined. */
static _Thread_local const work_pool *own_pool;

static int init_mutexes(work_pool *w)
{
    int error = pthread_mutex_init(&w->lead, NULL);
    if (error != 0)
        return error;
    error = pthread_mutex_init(&w->lock, NULL);
    if (error != 0)
        MUST(pthread_mutex_destroy(&w->lead));
    return error;
}

static void destroy_mutexes(work_pool *w)
{
    MUST(pthread_mutex_destroy(&w->lock));
    MUST(pthread_mutex_destroy(&w->lead));
}

static int init_waiting(work_pool *w)
{
    int error = pthread_cond_init(&w->arrived, NULL);
    if (error != 0)
        return error;
    error = sem_init(&w->stopped, 0, 0) == 0 ? 0 : errno;
    if (error != 0)
        MUST(pthread_cond_destroy(&w->arrived));
    return error;
}

static enum status init_locking(work_pool *w)
{
    w->end = &w->first;
    int error = init_mutexes(w);
    if (error != 0)
        return status_of_error(error);
    error = init_waiting(w);
    if (error != 0)
        destroy_mutexes(w);
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
    MUST(sem_destroy(&w->stopped));
    MUST(pthread_cond_destroy(&w->arrived));
    destroy_mutexes(w);
    free(w->threads);
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

/* Tell an offer's thread, which may then be gone with its offer. */
static void decide(struct offer *offer, bool taken)
{
    offer->taken = taken;
    MUST(sem_post(&offer->decided));
}

/* The next offer, unlinked, or NULL: the pool is closed. The leader's call. */
static struct offer *await_offer(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    while (w->first == NULL && !w->closed)
        MUST(pthread_cond_wait(&w->arrived, &w->lock));
    struct offer *oldest = w->first;
    if (oldest != NULL)
        w->first = oldest->next;
    if (w->first == NULL)
        w->end = &w->first;
    MUST(pthread_mutex_unlock(&w->lock));
    return oldest;
}

/* Lead until there is a job. False: the pool is closed, and the worker is to
 * end; the next leader will find the same. */
static bool take(work_pool *w, struct job *job)
{
    MUST(pthread_mutex_lock(&w->lead));
    struct offer *offer = await_offer(w);
    MUST(pthread_mutex_unlock(&w->lead));
    if (offer == NULL)
        return false;
    *job = offer->job;
    decide(offer, true);
    return true;
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

/* An offer is gone once it is decided, so what follows it is read before. */
static void refuse(struct offer *offer)
{
    while (offer != NULL) {
        struct offer *next = offer->next;
        decide(offer, false);
        offer = next;
    }
}

/* Accept nothing more, and refuse what was offered. True for the one call that
 * sets closed. */
static bool close_door(work_pool *w)
{
    MUST(pthread_mutex_lock(&w->lock));
    bool first = !w->closed;
    w->closed = true;
    struct offer *offers = w->first;
    w->first = NULL;
    w->end = &w->first;
    MUST(pthread_cond_signal(&w->arrived));
    MUST(pthread_mutex_unlock(&w->lock));
    refuse(offers);
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
    MUST(pthread_mutex_lock(&w->lock));
    bool accepted = !w->closed;
    if (accepted) {
        *w->end = offer;
        w->end = &offer->next;
        MUST(pthread_cond_signal(&w->arrived));
    }
    MUST(pthread_mutex_unlock(&w->lock));
    return accepted;
}

enum status work_run(work_pool *w, work_task *task, void *arg)
{
    struct offer offer = {.job = {.task = task, .arg = arg}};

    if (task == NULL)
        return ST_INVALID;
    if (sem_init(&offer.decided, 0, 0) != 0)
        return status_of_error(errno);
    if (accept(w, &offer))
        down(&offer.decided);
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
    MUST(sem_post(&w->stopped));
    return ST_OK;
}

void work_free(work_pool *w)
{
    if (w == NULL)
        return;
    if (work_shutdown(w) == ST_OK)
        free_pool(w);
}
