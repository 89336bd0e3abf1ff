/* Design: a handler for SIGINT instead of sigtimedwait(). Before each task the
 * task thread unblocks SIGINT for a moment: if one is pending, the handler runs
 * then and there, and sets a flag. */
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

/* Invariant: once the task thread runs, deadline, entries and count do not
 * change, so both threads read them without the lock. */
struct runner {
    struct timespec deadline; /* on CLOCK_MONOTONIC */
    struct entry *entries;    /* owned */
    size_t count;             /* entries in use */
    size_t room;              /* entries allocated */
    bool started;             /* owner's thread only */
    bool has_thread;          /* owner's thread only: thread is to be joined */
    pthread_t thread;         /* owner's thread only */

    pthread_mutex_t lock; /* guards ended and outcome, and every look */
    pthread_cond_t end;   /* ended has become true; on CLOCK_MONOTONIC */
    bool ended;           /* the task thread is past its last task */
    enum status outcome;  /* valid once ended is true */
};

/* How a caller lives with SIGINT; noted by hold, put back by release. */
struct arrangement {
    sigset_t mask;
    struct sigaction action;
};

/* The handler runs in the task thread alone, and only inside the call that
 * unblocks SIGINT there. One flag serves all runners, since only one
 * runner_start() may run at a time. */
static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static sigset_t interrupt_only(void)
{
    sigset_t set;

    MUST(sigemptyset(&set));
    MUST(sigaddset(&set, SIGINT));
    return set;
}

/* Block SIGINT first, so that the handler cannot run in the caller's thread. */
static void hold_interrupts(struct arrangement *before)
{
    const sigset_t interrupt = interrupt_only();
    struct sigaction note = {.sa_handler = note_interrupt};

    MUST(sigemptyset(&note.sa_mask));
    MUST(pthread_sigmask(SIG_BLOCK, &interrupt, &before->mask));
    MUST(sigaction(SIGINT, &note, &before->action));
}

/* An interrupt that is pending came after the last look. To ignore SIGINT drops
 * it, and any that comes before the caller's own action is back. */
static void release_interrupts(const struct arrangement *before)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};

    MUST(sigaction(SIGINT, &ignore, NULL));
    MUST(pthread_sigmask(SIG_SETMASK, &before->mask, NULL));
    MUST(sigaction(SIGINT, &before->action, NULL));
}

/* A pending signal is delivered before the call that unblocks it returns. Call
 * with the lock held, before the deadline: see look(). */
static bool take_interrupt(void)
{
    const sigset_t interrupt = interrupt_only();

    interrupted = 0;
    MUST(pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL));
    MUST(pthread_sigmask(SIG_BLOCK, &interrupt, NULL));
    return interrupted != 0;
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

/* May the next task begin? The clock is read under the lock: if runner_start()
 * has given up, under this lock, then the deadline is past, and SIGINT is not
 * unblocked any more. For the handler has gone by then. */
static enum status look(runner *r)
{
    enum status status = ST_OK;

    MUST(pthread_mutex_lock(&r->lock));
    if (deadline_reached(r))
        status = ST_TIMEDOUT;
    else if (take_interrupt())
        status = ST_INTERRUPTED;
    MUST(pthread_mutex_unlock(&r->lock));
    return status;
}

static enum status run_tasks(runner *r)
{
    enum status status = ST_OK;

    for (size_t id = 0; id < r->count && status == ST_OK; id++) {
        status = look(r);
        if (status == ST_OK)
            r->entries[id].task((int)id, r->entries[id].arg);
    }
    return status;
}

static void *task_thread(void *arg)
{
    runner *r = arg;
    enum status outcome = run_tasks(r);

    MUST(pthread_mutex_lock(&r->lock));
    if (outcome == ST_OK && deadline_reached(r))
        outcome = ST_TIMEDOUT;
    r->outcome = outcome;
    r->ended = true;
    MUST(pthread_cond_signal(&r->end));
    MUST(pthread_mutex_unlock(&r->lock));
    return NULL;
}

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

static enum status init_locking(runner *r)
{
    int error = pthread_mutex_init(&r->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    enum status status = init_monotonic(&r->end);
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

/* Wait for the end of the tasks or the deadline, whichever comes first. */
static enum status wait_for_outcome(runner *r)
{
    int error = 0;

    MUST(pthread_mutex_lock(&r->lock));
    while (!r->ended && error != ETIMEDOUT) {
        error = pthread_cond_timedwait(&r->end, &r->lock, &r->deadline);
        if (error != ETIMEDOUT)
            MUST(error);
    }
    enum status outcome = r->ended ? r->outcome : ST_TIMEDOUT;
    MUST(pthread_mutex_unlock(&r->lock));
    return outcome;
}

/* The task thread inherits the mask with SIGINT blocked. */
static enum status start_thread(runner *r)
{
    int error = pthread_create(&r->thread, NULL, task_thread, r);
    r->has_thread = error == 0;
    return status_of_error(error);
}

enum status runner_start(runner *r)
{
    if (r->started)
        return ST_INVALID;
    r->started = true;

    struct arrangement before;
    hold_interrupts(&before);
    enum status status = start_thread(r);
    if (status == ST_OK)
        status = wait_for_outcome(r);
    release_interrupts(&before);
    return status;
}

void runner_free(runner *r)
{
    if (r == NULL)
        return;
    if (r->has_thread)
        MUST(pthread_join(r->thread, NULL));
    MUST(pthread_cond_destroy(&r->end));
    MUST(pthread_mutex_destroy(&r->lock));
    free(r->entries);
    free(r);
}
