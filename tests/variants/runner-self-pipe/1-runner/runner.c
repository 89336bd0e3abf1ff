/* Design: two pipes. A handler for SIGINT writes a byte into the one, as in the
 * self-pipe of servers; through the other the task thread sends its outcome as
 * a message. runner_start() sleeps in poll(), and the lock is for the looks
 * only.
 */
#include "runner.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "must.h"

enum { NANOSECONDS = 1000000000, FIRST_ROOM = 8 };
enum { MILLISECOND = 1000000, THOUSAND = 1000 };
enum { READ = 0, WRITE = 1 }; /* a pipe's two ends */

/* A task as it was added. */
struct entry {
    runner_task *task;
    void *arg;
};

struct runner {
    struct timespec deadline; /* on CLOCK_MONOTONIC */
    struct entry *entries;    /* owned; not changed once the threads run */
    size_t count;             /* entries in use; likewise */
    size_t room;              /* entries allocated */
    bool started;             /* owner's thread only */
    bool has_thread;          /* owner's thread only: thread is to be joined */
    pthread_t thread;         /* owner's thread only */

    int caught[2];  /* a byte for each SIGINT that was caught */
    int outcome[2]; /* the last word of the task thread: one status */
    pthread_mutex_t
        lock;      /* held while the task thread looks; guards given_up */
    bool given_up; /* runner_start() has timed out */
};

/* How a caller lives with SIGINT; noted by hold, put back by release. */
struct arrangement {
    sigset_t mask;
    struct sigaction action;
};

/* Where the handler writes. It runs in the task thread alone, inside the call
 * that unblocks SIGINT there; and only one runner_start() may run at a time. */
static volatile sig_atomic_t caught_end;

/* Send one byte; the pipe has room for it. Async-signal-safe. */
static void send_byte(int end, unsigned char byte)
{
    ssize_t sent;

    do {
        sent = write(end, &byte, 1);
    } while (sent == -1 && errno == EINTR);
    MUST(sent == 1 ? 0 : -1);
}

/* A byte that is there. */
static unsigned char receive_byte(int end)
{
    unsigned char byte = 0;
    ssize_t received;

    do {
        received = read(end, &byte, 1);
    } while (received == -1 && errno == EINTR);
    MUST(received == 1 ? 0 : -1);
    return byte;
}

static void note_interrupt(int signal)
{
    int saved = errno;

    (void)signal;
    send_byte(caught_end, 0);
    errno = saved;
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

static void close_pipe(const int ends[2])
{
    MUST(close(ends[READ]));
    MUST(close(ends[WRITE]));
}

static enum status init_pipes(runner *r)
{
    if (pipe(r->caught) != 0)
        return status_of_error(errno);
    if (pipe(r->outcome) == 0)
        return ST_OK;
    int error = errno;
    close_pipe(r->caught);
    return status_of_error(error);
}

static enum status init_locking(runner *r)
{
    enum status status = init_pipes(r);
    if (status != ST_OK)
        return status;
    status = status_of_error(pthread_mutex_init(&r->lock, NULL));
    if (status != ST_OK) {
        close_pipe(r->outcome);
        close_pipe(r->caught);
    }
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

/* Block SIGINT first, so that the handler cannot run in the caller's thread. */
static void hold_interrupts(const runner *r, struct arrangement *before)
{
    const sigset_t interrupt = interrupt_only();
    struct sigaction note = {.sa_handler = note_interrupt};

    caught_end = r->caught[WRITE];
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

/* Is there a byte to read, or does one come within so many milliseconds? A
 * signal that is not blocked may cut the wait short. */
static bool is_readable(int end, int wait)
{
    struct pollfd asked = {.fd = end, .events = POLLIN};
    int ready = poll(&asked, 1, wait);

    if (ready == -1 && errno != EINTR)
        MUST(ready);
    return ready == 1;
}

/* A pending signal is delivered before the call that unblocks it returns. */
static bool take_interrupt(const runner *r)
{
    const sigset_t interrupt = interrupt_only();

    MUST(pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL));
    MUST(pthread_sigmask(SIG_BLOCK, &interrupt, NULL));
    return is_readable(r->caught[READ], 0);
}

/* May the next task begin? Once runner_start() has given up, under the lock,
 * its handler is gone, and SIGINT is not unblocked any more. */
static enum status look(runner *r)
{
    enum status status = ST_OK;

    MUST(pthread_mutex_lock(&r->lock));
    if (r->given_up || deadline_reached(r))
        status = ST_TIMEDOUT;
    else if (take_interrupt(r))
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

/* The clock is read under the lock: if runner_start() has given up, the
 * deadline is past, and both say the same. */
static void *task_thread(void *arg)
{
    runner *r = arg;
    enum status outcome = run_tasks(r);

    MUST(pthread_mutex_lock(&r->lock));
    if (outcome == ST_OK && deadline_reached(r))
        outcome = ST_TIMEDOUT;
    send_byte(r->outcome[WRITE], (unsigned char)outcome);
    MUST(pthread_mutex_unlock(&r->lock));
    return NULL;
}

/* How long poll() may sleep: until the deadline, rounded up to milliseconds so
 * that it does not wake just before; what is too long for it, in parts. */
static int milliseconds_left(const runner *r)
{
    struct timespec now;

    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
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

/* The message may come between the last poll() and the lock. */
static enum status wait_for_outcome(runner *r)
{
    enum status outcome = ST_TIMEDOUT;

    while (!is_readable(r->outcome[READ], milliseconds_left(r)) &&
           !deadline_reached(r))
        continue;
    MUST(pthread_mutex_lock(&r->lock));
    if (is_readable(r->outcome[READ], 0))
        outcome = (enum status)receive_byte(r->outcome[READ]);
    else
        r->given_up = true;
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
    hold_interrupts(r, &before);
    enum status status = start_thread(r);
    if (status == ST_OK)
        status = wait_for_outcome(r);
    release_interrupts(&before);
    return status;
}

/* The task thread writes into a pipe as the last thing it does. */
void runner_free(runner *r)
{
    if (r == NULL)
        return;
    if (r->has_thread)
        MUST(pthread_join(r->thread, NULL));
    MUST(pthread_mutex_destroy(&r->lock));
    close_pipe(r->outcome);
    close_pipe(r->caught);
    free(r->entries);
    free(r);
}
