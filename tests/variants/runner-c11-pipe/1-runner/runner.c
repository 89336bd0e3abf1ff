/* Design: a C11 thread for the tasks. C11's conditions know the wall clock
 * only, so runner_start() sleeps in poll() on a pipe, into which the task
 * thread writes when it is done. The tasks are a linked list. */
#include "runner.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

#include "must.h"

_Static_assert(thrd_success == 0, "MUST() takes 0 for success");

enum { NANOSECONDS = 1000000000, MILLISECOND = 1000000, THOUSAND = 1000 };
enum { READ = 0, WRITE = 1 }; /* a pipe's two ends */

/* A task as it was added. */
struct entry {
    runner_task *task;
    void *arg;
    struct entry *next;
};

/* Invariant: once the task thread runs, deadline and the list do not change, so
 * both threads read them without the lock. */
struct runner {
    struct timespec deadline; /* on CLOCK_MONOTONIC */
    struct entry *first;      /* owned: the list, in the order of the ids */
    struct entry **end;       /* the link where the next entry goes */
    int count;                /* entries in the list */
    bool started;             /* owner's thread only */
    bool has_thread;          /* owner's thread only: thread is to be joined */
    thrd_t thread;            /* owner's thread only */

    int done[2];         /* a pipe: one byte comes when the tasks have ended */
    mtx_t lock;          /* guards all below, and every look */
    bool ended;          /* the task thread is past its last task */
    enum status outcome; /* valid once ended is true */
};

static enum status status_of_result(int result)
{
    if (result == thrd_success)
        return ST_OK;
    return result == thrd_nomem ? ST_NOMEM : ST_SYS;
}

static struct timespec clock_now(void)
{
    struct timespec now;

    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
    return now;
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

static enum status init_signalling(runner *r)
{
    int result = mtx_init(&r->lock, mtx_plain);
    if (result != thrd_success)
        return status_of_result(result);
    if (pipe(r->done) == 0)
        return ST_OK;
    int error = errno;
    mtx_destroy(&r->lock);
    return status_of_error(error);
}

enum status runner_new(runner **out, struct timespec timeout)
{
    if (!is_valid(timeout))
        return ST_INVALID;
    runner *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ST_NOMEM;
    r->deadline = later(clock_now(), timeout);
    r->end = &r->first;
    enum status status = init_signalling(r);
    if (status != ST_OK) {
        free(r);
        return status;
    }
    *out = r;
    return ST_OK;
}

enum status runner_add(runner *r, runner_task *task, void *arg)
{
    if (task == NULL || r->started)
        return ST_INVALID;
    if (r->count == INT_MAX) /* ids are ints */
        return ST_NOMEM;
    struct entry *entry = malloc(sizeof *entry);
    if (entry == NULL)
        return ST_NOMEM;
    *entry = (struct entry){.task = task, .arg = arg};
    *r->end = entry;
    r->end = &entry->next;
    r->count++;
    return ST_OK;
}

/* Equal counts as reached. */
static bool deadline_reached(const runner *r)
{
    struct timespec now = clock_now();

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

/* May the next task begin? The clock is read under the lock: if runner_start()
 * has given up, under this lock, then the deadline is past, and an interrupt
 * that comes now is not taken from whoever waits for it. */
static enum status look(runner *r)
{
    enum status status = ST_OK;

    MUST(mtx_lock(&r->lock));
    if (deadline_reached(r))
        status = ST_TIMEDOUT;
    else if (take_interrupt())
        status = ST_INTERRUPTED;
    MUST(mtx_unlock(&r->lock));
    return status;
}

static enum status run_tasks(runner *r)
{
    int id = 0;

    for (const struct entry *entry = r->first; entry; entry = entry->next) {
        enum status status = look(r);
        if (status != ST_OK)
            return status;
        entry->task(id, entry->arg);
        id++;
    }
    return ST_OK;
}

/* Make the pipe readable. It is empty, so this does not block. */
static void tell(const runner *r)
{
    ssize_t written;

    do {
        written = write(r->done[WRITE], "", 1);
    } while (written == -1 && errno == EINTR);
    MUST(written == 1 ? 0 : -1);
}

static int task_thread(void *arg)
{
    runner *r = arg;
    enum status outcome = run_tasks(r);

    MUST(mtx_lock(&r->lock));
    if (outcome == ST_OK && deadline_reached(r))
        outcome = ST_TIMEDOUT;
    r->outcome = outcome;
    r->ended = true;
    MUST(mtx_unlock(&r->lock));
    tell(r);
    return 0;
}

/* How long poll() may sleep: until the deadline, rounded up to milliseconds so
 * that it does not wake just before; what is too long for it, in parts. */
static int milliseconds_left(const runner *r)
{
    struct timespec now = clock_now();
    time_t seconds = r->deadline.tv_sec - now.tv_sec;

    if (seconds < 0)
        return 0;
    if (seconds > INT_MAX / THOUSAND - 2)
        return INT_MAX;
    long nanoseconds = r->deadline.tv_nsec - now.tv_nsec;
    long left = (long)seconds * THOUSAND +
                (nanoseconds + MILLISECOND - 1) / MILLISECOND;
    return left > 0 ? (int)left : 0;
}

/* Sleep until the byte has come, for as long as poll() may. A signal that was
 * not blocked may cut it short. */
static bool has_told(const runner *r)
{
    struct pollfd done = {.fd = r->done[READ], .events = POLLIN};
    int ready = poll(&done, 1, milliseconds_left(r));

    if (ready == -1 && errno != EINTR)
        MUST(ready);
    return ready == 1;
}

/* The pipe only wakes; what has become of the tasks is told by ended. Between
 * the last poll() and the lock they may have ended after all. */
static enum status wait_for_outcome(runner *r)
{
    while (!has_told(r) && !deadline_reached(r))
        continue;
    MUST(mtx_lock(&r->lock));
    enum status outcome = r->ended ? r->outcome : ST_TIMEDOUT;
    MUST(mtx_unlock(&r->lock));
    return outcome;
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

enum status runner_start(runner *r)
{
    if (r->started)
        return ST_INVALID;
    r->started = true;

    sigset_t before;
    hold_interrupts(&before);
    enum status status =
        status_of_result(thrd_create(&r->thread, task_thread, r));
    r->has_thread = status == ST_OK;
    if (r->has_thread)
        status = wait_for_outcome(r);
    release_interrupts(&before);
    return status;
}

static void free_entries(struct entry *entry)
{
    while (entry != NULL) {
        struct entry *next = entry->next;
        free(entry);
        entry = next;
    }
}

/* The task thread writes into the pipe as the last thing it does. So the pipe's
 * ends are closed after it was joined. */
void runner_free(runner *r)
{
    if (r == NULL)
        return;
    if (r->has_thread)
        MUST(thrd_join(r->thread, NULL));
    MUST(close(r->done[READ]));
    MUST(close(r->done[WRITE]));
    mtx_destroy(&r->lock);
    free_entries(r->first);
    free(r);
}
