/* Design: runner_start() is the coordinator. It looks at the clock and for the
 * interrupt itself, and hands one task after the other to the task thread,
 * which decides nothing. */
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

/* Where the tasks stand, and whose move it is. */
enum stage {
    WAITING, /* runner_start(): nothing is to be done yet */
    OFFERED, /* the task thread: task `id` is to be run */
    RUNNING, /* the task thread: it runs */
    OVER,    /* runner_start(): it has ended */
    STOPPED  /* the task thread: end */
};

/* Invariant, whenever the lock is free: of the two threads, only the one whose
 * move it is changes the stage, but for runner_start(), which may turn to
 * STOPPED from any other stage when the deadline has passed. At most one of the
 * two sleeps on moved for a change that the other makes. */
struct runner {
    struct timespec deadline; /* on CLOCK_MONOTONIC */
    struct entry *entries;    /* owned; not changed once the thread runs */
    size_t count;             /* entries in use; likewise */
    size_t room;              /* entries allocated */
    bool started;             /* owner's thread only */
    bool has_thread;          /* owner's thread only: thread is to be joined */
    pthread_t thread;         /* owner's thread only */

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t moved; /* stage has changed; on CLOCK_MONOTONIC */
    enum stage stage;
    size_t id; /* of the task; valid while OFFERED or RUNNING */
    bool late; /* it ended at the deadline or after; valid while OVER */
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

static enum status init_locking(runner *r)
{
    int error = pthread_mutex_init(&r->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    enum status status = init_monotonic(&r->moved);
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
    r->stage = WAITING;
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

/* Call with the lock held. */
static void move_to(runner *r, enum stage stage)
{
    r->stage = stage;
    MUST(pthread_cond_signal(&r->moved));
}

/* Wait for a task; false: there will be none. */
static bool take(runner *r, struct entry *entry, int *id)
{
    MUST(pthread_mutex_lock(&r->lock));
    while (r->stage != OFFERED && r->stage != STOPPED)
        MUST(pthread_cond_wait(&r->moved, &r->lock));
    bool offered = r->stage == OFFERED;
    if (offered) {
        move_to(r, RUNNING);
        *id = (int)r->id;
        *entry = r->entries[r->id];
    }
    MUST(pthread_mutex_unlock(&r->lock));
    return offered;
}

/* The task has ended, by this thread's own clock. If runner_start() has not
 * waited for it, there is no one to tell. */
static void report(runner *r)
{
    MUST(pthread_mutex_lock(&r->lock));
    if (r->stage == RUNNING) {
        r->late = deadline_reached(r);
        move_to(r, OVER);
    }
    MUST(pthread_mutex_unlock(&r->lock));
}

static void *task_thread(void *arg)
{
    runner *r = arg;
    struct entry entry;
    int id;

    while (take(r, &entry, &id)) {
        entry.task(id, entry.arg);
        report(r);
    }
    return NULL;
}

/* Have one task run, and wait for its end or the deadline. After a timeout the
 * stage is STOPPED before the lock is free: a task that was offered and not
 * taken is taken back, so that none begins after runner_start(). */
static enum status run_task(runner *r, size_t id)
{
    int error = 0;

    MUST(pthread_mutex_lock(&r->lock));
    r->id = id;
    move_to(r, OFFERED);
    while (r->stage != OVER && error != ETIMEDOUT) {
        error = pthread_cond_timedwait(&r->moved, &r->lock, &r->deadline);
        if (error != ETIMEDOUT)
            MUST(error);
    }
    enum status status = ST_OK;
    if (r->stage != OVER || r->late) {
        move_to(r, STOPPED);
        status = ST_TIMEDOUT;
    }
    MUST(pthread_mutex_unlock(&r->lock));
    return status;
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

/* One task after the other, with a look before each. */
static enum status run_tasks(runner *r)
{
    enum status status = deadline_reached(r) ? ST_TIMEDOUT : ST_OK;

    for (size_t id = 0; id < r->count && status == ST_OK; id++) {
        if (deadline_reached(r))
            status = ST_TIMEDOUT;
        else if (take_interrupt())
            status = ST_INTERRUPTED;
        else
            status = run_task(r, id);
    }
    return status;
}

static void stop(runner *r)
{
    MUST(pthread_mutex_lock(&r->lock));
    move_to(r, STOPPED);
    MUST(pthread_mutex_unlock(&r->lock));
}

/* The task thread is created afterwards and inherits the mask. */
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

    sigset_t before;
    hold_interrupts(&before);
    enum status status = start_thread(r);
    if (status == ST_OK) {
        status = run_tasks(r);
        stop(r);
    }
    release_interrupts(&before);
    return status;
}

void runner_free(runner *r)
{
    if (r == NULL)
        return;
    if (r->has_thread)
        MUST(pthread_join(r->thread, NULL));
    MUST(pthread_cond_destroy(&r->moved));
    MUST(pthread_mutex_destroy(&r->lock));
    free(r->entries);
    free(r);
}
