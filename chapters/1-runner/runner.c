#include "runner.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "must.h"
#include "step.h"

enum { NANOSECONDS = 1000000000, FIRST_ROOM = 8 };

/* A task as it was added. */
struct entry {
    runner_task *task;
    void *arg;
};

/* Invariant: once the task thread runs, deadline, entries and count do not
 * change, so both threads read them without the lock. */
struct runner {
    struct timespec deadline; /* on CLOCK_MONOTONIC; set once */
    struct entry *entries;    /* owned; grown before the start only */
    size_t count;             /* entries in use */
    size_t room;              /* entries allocated */
    bool started;             /* owner's thread only: was started */
    bool has_thread;          /* owner's thread only: join thread */
    pthread_t thread;         /* owner's thread only */

    pthread_mutex_t lock; /* guards ended and outcome, and each look */
    pthread_cond_t end;   /* ended became true; on CLOCK_MONOTONIC */
    bool ended;           /* the task thread is past its last task */
    enum status outcome;  /* how it ended; valid once ended is true */
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

/* A condition whose timed waits go by CLOCK_MONOTONIC, so that setting the wall
 * clock neither shortens nor lengthens a wait. */
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
    /* TODO runner.1: Refuse a timeout that is not valid. Allocate a runner with
     * all members zero, set its deadline to now (on CLOCK_MONOTONIC) plus
     * timeout, and prepare lock and condition with init_locking(). Give the
     * runner out only when all went well; on failure leave nothing behind. */
    return step_todo("runner.1", out, timeout, is_valid, later, init_locking);
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
    /* TODO runner.2: Refuse a missing task, and any task once the runner was
     * started. Get room for one more entry and put the task behind the
     * others. */
    return step_todo("runner.2", r, task, arg, make_room);
}

/* Defined below, in the order of the steps. */
static void *task_thread(void *arg);
static bool deadline_reached(const runner *r);
static bool take_interrupt(void);

static enum status start_thread(runner *r)
{
    /* TODO runner.3: Start task_thread() with the runner as its argument. Note
     * that there is a thread to be joined, or say why there is none
     * (status_of_error). */
    return step_todo("runner.3", r, task_thread);
}

/* The task thread uses the runner until its last line. So the runner's memory
 * may go only after this. */
static void join_thread(runner *r)
{
    /* TODO runner.3: If there is a thread to be joined, join it. */
    (void)step_todo("runner.3", r);
}

/* May the next task begin? The look is taken with the lock held: if
 * runner_start() has given up, under this lock, the deadline was reached then,
 * and so it is now; an interrupt that comes later is the caller's own. */
static enum status look(runner *r)
{
    /* TODO runner.4: Under the lock, find out: ST_TIMEDOUT if the deadline is
     * reached, else ST_INTERRUPTED if there is an interrupt to take, else
     * ST_OK. */
    (void)take_interrupt;
    return step_todo("runner.4", r);
}

/* The task thread's work: every task in order, or as far as it goes. The last
 * look at the deadline comes after the last task (see task_thread). */
static enum status run_tasks(runner *r)
{
    /* TODO runner.4: Call each task with its id and its argument, in order.
     * Before each one, look(), and stop with what it says if that is not
     * ST_OK. */
    return step_todo("runner.4", r, look);
}

static void *task_thread(void *arg)
{
    runner *r = arg;
    enum status outcome = run_tasks(r);

    MUST(pthread_mutex_lock(&r->lock));
    /* Under the lock, so that the two threads cannot disagree: if
     * runner_start() has given up, under this lock, the deadline was
     * reached then, and so it is now. */
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
    /* TODO runner.5: Under the lock, sleep with pthread_cond_timedwait() until
     * the tasks have ended or it reports ETIMEDOUT for the deadline. Then
     * return the outcome if they have ended, else ST_TIMEDOUT. A wake-up alone
     * proves neither. */
    return step_todo("runner.5", r);
}

/* Is the deadline here, or past? Equal counts: at the very instant, what was
 * set first comes first, and that is the deadline. */
static bool deadline_reached(const runner *r)
{
    /* TODO runner.6: Ask CLOCK_MONOTONIC for the time and compare it with the
     * deadline: first the seconds, then the nanoseconds. Equal is reached. */
    return step_todo("runner.6", r) == ST_OK;
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
    /* TODO runner.7: Ask for SIGINT with sigtimedwait() and a timeout of zero:
     * it takes a pending signal, and never waits. Ask again if it was cut short
     * (EINTR). */
    return step_todo("runner.7", interrupt_only) == ST_OK;
}

/* Block SIGINT in the calling thread and note the mask as it was. The task
 * thread is created afterwards and inherits the mask, so no thread of the
 * runner's can be killed by an interrupt: it stays pending until it is taken.
 */
static void hold_interrupts(sigset_t *before)
{
    /* TODO runner.7: Add SIGINT to the calling thread's signal mask
     * (pthread_sigmask), and keep the old mask in *before. */
    (void)sigemptyset(before);
    (void)step_todo("runner.7", before);
}

/* Give the caller its mask back. An interrupt may be pending, or arrive at any
 * moment; it came after the last look and must not end the process now. While
 * SIGINT is ignored a pending one is dropped and a new one does not stay. */
static void release_interrupts(const sigset_t *before)
{
    /* TODO runner.8: Ignore SIGINT (sigaction with SIG_IGN, which also drops a
     * pending one), then bring the old mask back, then what the caller had
     * arranged for SIGINT. In this order there is no moment at which a late
     * interrupt can end the process. */
    (void)step_todo("runner.8", before);
}

enum status runner_start(runner *r)
{
    if (r->started)
        return ST_INVALID;
    r->started = true;

    sigset_t before;
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
    join_thread(r);
    MUST(pthread_cond_destroy(&r->end));
    MUST(pthread_mutex_destroy(&r->lock));
    free(r->entries);
    free(r);
}
