/* Design: as in the Go program, time is a thread of its own. The timekeeper
 * sleeps until the deadline, the task thread works, and whichever is first
 * decides what runner_start() returns: what Go's select does. */
#include "runner.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "must.h"

enum { NANOSECONDS = 1000000000, FIRST_ROOM = 8 };

/* A task as it was added. */
struct entry {
    runner_task *task;
    void *arg;
};

/* Invariant: the first to decide does so under the lock, once; the others see
 * it and stop. So no task begins, and no interrupt is taken, after
 * runner_start() has been told of a timeout. */
struct runner {
    struct timespec deadline; /* on CLOCK_MONOTONIC */
    struct entry *entries;    /* owned; not changed once the threads run */
    size_t count;             /* entries in use; likewise */
    size_t room;              /* entries allocated */
    bool started;             /* owner's thread only */
    size_t running;           /* owner's thread only: threads to be joined */
    pthread_t threads[2];     /* owner's thread only: timekeeper, tasks */

    pthread_mutex_t lock;    /* guards all below, and every look */
    pthread_cond_t told;     /* for runner_start: decided has become true */
    pthread_cond_t too_late; /* for the timekeeper: likewise; monotonic */
    bool decided;
    enum status outcome; /* valid once decided */
};

/* now + timeout; stays at the end of time where the sum would not fit. */
static struct timespec later(struct timespec now, struct timespec timeout)
{
    const time_t end_of_time = (time_t)INT64_MAX;
    struct timespec sum = {.tv_sec = end_of_time, .tv_nsec = NANOSECONDS - 1};

    if (timeout.tv_sec >= end_of_time - now.tv_sec)
        return sum;
    sum.tv_sec = now.tv_sec + timeout.tv_sec;
    sum.tv_nsec = now.tv_nsec + timeout.tv_nsec;
    if (sum.tv_nsec >= NANOSECONDS) {
        sum.tv_sec++;
        sum.tv_nsec -= NANOSECONDS;
    }
    return sum;
}

static bool is_valid(struct timespec time)
{
    return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < NANOSECONDS;
}

static enum status init_monotonic(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    if (error != 0)
        return status_of_error(error);
    error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (error == 0)
        error = pthread_cond_init(condition, &attributes);
    MUST(pthread_condattr_destroy(&attributes));
    return status_of_error(error);
}

static enum status init_conditions(runner *r)
{
    enum status status = init_monotonic(&r->too_late);
    if (status != ST_OK)
        return status;
    status = status_of_error(pthread_cond_init(&r->told, NULL));
    if (status != ST_OK)
        MUST(pthread_cond_destroy(&r->too_late));
    return status;
}

static enum status init_locking(runner *r)
{
    int error = pthread_mutex_init(&r->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    enum status status = init_conditions(r);
    if (status != ST_OK)
        MUST(pthread_mutex_destroy(&r->lock));
    return status;
}

enum status runner_new(runner **out, struct timespec timeout)
{
    struct timespec now;

    if (!is_valid(timeout))
        return ST_INVALID;
    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
    runner *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ST_NOMEM;
    r->deadline = later(now, timeout);
    enum status status = init_locking(r);
    if (status != ST_OK) {
        free(r);
        return status;
    }
    *out = r;
    return ST_OK;
}

/* Room for one more entry; the entries may move. */
static enum status make_room(runner *r)
{
    if (r->count < r->room)
        return ST_OK;
    size_t room = r->room == 0 ? FIRST_ROOM : 2 * r->room;
    if (room > INT_MAX) /* ids are ints */
        return ST_NOMEM;
    struct entry *entries = realloc(r->entries, room * sizeof *entries);
    if (entries == NULL)
        return ST_NOMEM;
    r->entries = entries;
    r->room = room;
    return ST_OK;
}

enum status runner_add(runner *r, runner_task *task, void *arg)
{
    if (task == NULL || r->started)
        return ST_INVALID;
    enum status status = make_room(r);
    if (status != ST_OK)
        return status;
    r->entries[r->count] = (struct entry){.task = task, .arg = arg};
    r->count++;
    return ST_OK;
}

/* Equal counts as reached. */
static bool deadline_reached(const runner *r)
{
    struct timespec now;

    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
    if (now.tv_sec != r->deadline.tv_sec)
        return now.tv_sec > r->deadline.tv_sec;
    return now.tv_nsec >= r->deadline.tv_nsec;
}

static sigset_t interrupt_only(void)
{
    sigset_t set;

    MUST(sigemptyset(&set));
    MUST(sigaddset(&set, SIGINT));
    return set;
}

/* Is an interrupt pending? If so, take it off the pending set. */
static bool take_interrupt(void)
{
    const sigset_t interrupt = interrupt_only();
    const struct timespec at_once = {0};
    int taken;

    do {
        taken = sigtimedwait(&interrupt, NULL, &at_once);
    } while (taken == -1 && errno == EINTR);
    return taken == SIGINT;
}

/* Settle the outcome, unless it is settled. Call with the lock held. */
static void decide(runner *r, enum status outcome)
{
    if (r->decided)
        return;
    r->decided = true;
    r->outcome = outcome;
    MUST(pthread_cond_signal(&r->told));
    MUST(pthread_cond_signal(&r->too_late));
}

static void *keep_time(void *arg)
{
    runner *r = arg;
    int error = 0;

    MUST(pthread_mutex_lock(&r->lock));
    while (!r->decided && error != ETIMEDOUT) {
        error = pthread_cond_timedwait(&r->too_late, &r->lock, &r->deadline);
        if (error != ETIMEDOUT)
            MUST(error);
    }
    decide(r, ST_TIMEDOUT);
    MUST(pthread_mutex_unlock(&r->lock));
    return NULL;
}

/* May the next task begin? The clock may be further than the timekeeper. */
static bool look(runner *r)
{
    MUST(pthread_mutex_lock(&r->lock));
    if (!r->decided && deadline_reached(r))
        decide(r, ST_TIMEDOUT);
    if (!r->decided && take_interrupt())
        decide(r, ST_INTERRUPTED);
    bool may = !r->decided;
    MUST(pthread_mutex_unlock(&r->lock));
    return may;
}

static void *run_tasks(void *arg)
{
    runner *r = arg;

    for (size_t id = 0; id < r->count && look(r); id++)
        r->entries[id].task((int)id, r->entries[id].arg);
    MUST(pthread_mutex_lock(&r->lock));
    decide(r, deadline_reached(r) ? ST_TIMEDOUT : ST_OK);
    MUST(pthread_mutex_unlock(&r->lock));
    return NULL;
}

static enum status start_thread(runner *r, void *(*body)(void *))
{
    int error = pthread_create(&r->threads[r->running], NULL, body, r);
    r->running += error == 0;
    return status_of_error(error);
}

/* Without the task thread the timekeeper has nothing to wait for. */
static enum status start_threads(runner *r)
{
    enum status status = start_thread(r, keep_time);
    if (status != ST_OK)
        return status;
    status = start_thread(r, run_tasks);
    if (status != ST_OK) {
        MUST(pthread_mutex_lock(&r->lock));
        decide(r, status);
        MUST(pthread_mutex_unlock(&r->lock));
    }
    return status;
}

static enum status await_decision(runner *r)
{
    MUST(pthread_mutex_lock(&r->lock));
    while (!r->decided)
        MUST(pthread_cond_wait(&r->told, &r->lock));
    enum status outcome = r->outcome;
    MUST(pthread_mutex_unlock(&r->lock));
    return outcome;
}

/* The threads are created afterwards and inherit the mask. */
static void hold_interrupts(sigset_t *before)
{
    const sigset_t interrupt = interrupt_only();

    MUST(pthread_sigmask(SIG_BLOCK, &interrupt, before));
}

/* An interrupt that is pending came after the last look. To ignore SIGINT drops
 * it, and any that comes before the caller's own arrangement is back. */
static void release_interrupts(const sigset_t *before)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction arranged;

    MUST(sigaction(SIGINT, &ignore, &arranged));
    MUST(pthread_sigmask(SIG_SETMASK, before, NULL));
    MUST(sigaction(SIGINT, &arranged, NULL));
}

enum status runner_start(runner *r)
{
    if (r->started)
        return ST_INVALID;
    r->started = true;

    sigset_t before;
    hold_interrupts(&before);
    enum status status = start_threads(r);
    if (status == ST_OK)
        status = await_decision(r);
    release_interrupts(&before);
    return status;
}

/* Once the outcome is decided the timekeeper ends at once. */
void runner_free(runner *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->running; i++)
        MUST(pthread_join(r->threads[i], NULL));
    MUST(pthread_cond_destroy(&r->told));
    MUST(pthread_cond_destroy(&r->too_late));
    MUST(pthread_mutex_destroy(&r->lock));
    free(r->entries);
    free(r);
}
