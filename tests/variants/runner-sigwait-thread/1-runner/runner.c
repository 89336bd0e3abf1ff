/* Design: a thread that waits for interrupts, with sigwait(). It takes them
 * whenever they come, and before each task it is asked whether one has. To ask
 * it is to send it a SIGINT of its own: it then has nothing older left to take.
 */
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

/* Invariant, whenever the lock is free: asked or stopping is true exactly while
 * a signal that was sent to the watcher alone has not been accounted for. The
 * process's own SIGINT is held apart by the kernel, so neither hides the other.
 */
struct runner {
    struct timespec deadline; /* on CLOCK_MONOTONIC */
    struct entry *entries;    /* owned; not changed once the threads run */
    size_t count;             /* entries in use; likewise */
    size_t room;              /* entries allocated */
    bool started;             /* owner's thread only */
    bool has_thread;          /* owner's thread only: thread is to be joined */
    pthread_t thread;         /* owner's thread only: runs the tasks */
    pthread_t watcher;        /* written before the task thread is created */

    pthread_mutex_t lock;    /* guards all below */
    pthread_cond_t end;      /* ended has become true; on CLOCK_MONOTONIC */
    pthread_cond_t answered; /* asked has become false */
    bool asked;              /* the watcher is to say what has come */
    bool stopping;           /* the watcher is to end */
    bool interrupted;        /* the watcher has taken an interrupt */
    bool given_up;           /* runner_start() goes, or is gone */
    bool ended;              /* the task thread is past its last task */
    enum status outcome;     /* valid once ended is true */
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
    enum status status = init_monotonic(&r->end);
    if (status != ST_OK)
        return status;
    status = status_of_error(pthread_cond_init(&r->answered, NULL));
    if (status != ST_OK)
        MUST(pthread_cond_destroy(&r->end));
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

/* How many interrupts are pending for the calling thread; none is afterwards.
 */
static int take_pending(const sigset_t *interrupt)
{
    const struct timespec at_once = {0};
    int count = 0;

    while (sigtimedwait(interrupt, NULL, &at_once) == SIGINT)
        count++;
    return count;
}

/* Of what was taken, one is the signal by which the watcher is told to look:
 * asked or stopping was set, and it was sent, in one critical section. */
static void *watch(void *arg)
{
    runner *r = arg;
    const sigset_t interrupt = interrupt_only();
    bool stopping = false;
    int signal;

    while (!stopping) {
        MUST(sigwait(&interrupt, &signal));
        MUST(pthread_mutex_lock(&r->lock));
        int taken = 1 + take_pending(&interrupt);
        stopping = r->stopping;
        if (taken > (r->asked || stopping))
            r->interrupted = true;
        r->asked = false;
        MUST(pthread_cond_signal(&r->answered));
        MUST(pthread_mutex_unlock(&r->lock));
    }
    return NULL;
}

/* Ask the watcher. Call with the lock held, which is free meanwhile; a watcher
 * that has been stopped says nothing any more. */
static void ask(runner *r)
{
    if (r->given_up)
        return;
    r->asked = true;
    MUST(pthread_kill(r->watcher, SIGINT));
    while (r->asked)
        MUST(pthread_cond_wait(&r->answered, &r->lock));
}

/* May the next task begin? While the watcher answers, time goes on: so the
 * clock is read afterwards, and the deadline comes first. */
static enum status look(runner *r)
{
    enum status status = ST_OK;

    MUST(pthread_mutex_lock(&r->lock));
    ask(r);
    if (r->given_up || deadline_reached(r))
        status = ST_TIMEDOUT;
    else if (r->interrupted)
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

/* Whoever asks at this moment is answered by this signal as well. From here on
 * nobody takes an interrupt any more. */
static void stop_watcher(runner *r)
{
    MUST(pthread_mutex_lock(&r->lock));
    r->given_up = true;
    r->stopping = true;
    MUST(pthread_kill(r->watcher, SIGINT));
    MUST(pthread_mutex_unlock(&r->lock));
    MUST(pthread_join(r->watcher, NULL));
}

static enum status start_tasks(runner *r)
{
    int error = pthread_create(&r->thread, NULL, task_thread, r);
    r->has_thread = error == 0;
    return status_of_error(error);
}

/* The watcher lives as long as runner_start() runs. */
static enum status run_watched(runner *r)
{
    int error = pthread_create(&r->watcher, NULL, watch, r);
    if (error != 0)
        return status_of_error(error);
    enum status status = start_tasks(r);
    if (status == ST_OK)
        status = wait_for_outcome(r);
    stop_watcher(r);
    return status;
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
    enum status status = run_watched(r);
    release_interrupts(&before);
    return status;
}

void runner_free(runner *r)
{
    if (r == NULL)
        return;
    if (r->has_thread)
        MUST(pthread_join(r->thread, NULL));
    MUST(pthread_cond_destroy(&r->answered));
    MUST(pthread_cond_destroy(&r->end));
    MUST(pthread_mutex_destroy(&r->lock));
    free(r->entries);
    free(r);
}
