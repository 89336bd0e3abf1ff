#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "calls.h"

static int ends[2];
static int shared;

static void open_ends(void)
{
    explore_assert(pipe(ends) == 0);
}

static void close_ends(void)
{
    explore_assert(close(ends[0]) == 0);
    explore_assert(close(ends[1]) == 0);
}

static void *send(void *arg)
{
    (void)arg;
    shared = 1;
    explore_assert(write(ends[1], "x", 1) == 1);
    return NULL;
}

/* A byte wakes who reads, and is an edge. */
static void edge(void)
{
    char byte = 0;

    open_ends();
    pthread_t other = start(send, NULL);
    explore_assert(read(ends[0], &byte, 1) == 1 && byte == 'x');
    explore_assert(shared == 1);
    join(other);
    close_ends();
}

static void values(void)
{
    char bytes[8];

    open_ends();
    explore_assert(write(ends[1], "abcde", 5) == 5);
    explore_assert(read(ends[0], bytes, 2) == 2 && memcmp(bytes, "ab", 2) == 0);
    explore_assert(read(ends[0], bytes, 8) == 3 &&
                   memcmp(bytes, "cde", 3) == 0);
    explore_assert(write(ends[0], "x", 1) == -1 && errno == EBADF);
    explore_assert(read(ends[1], bytes, 1) == -1 && errno == EBADF);
    explore_assert(write(ends[1], "z", 1) == 1);
    explore_assert(close(ends[1]) == 0);
    explore_assert(read(ends[0], bytes, 8) == 1);
    explore_assert(read(ends[0], bytes, 8) == 0);
    explore_assert(close(ends[0]) == 0);
    explore_assert(close(ends[0]) == -1 && errno == EBADF);
}

static void *close_writing_end(void *arg)
{
    const struct timespec time = {1, 0};

    (void)arg;
    nanosleep(&time, NULL);
    explore_assert(close(ends[1]) == 0);
    return NULL;
}

static void end_of_file(void)
{
    char byte;

    open_ends();
    pthread_t other = start(close_writing_end, NULL);
    explore_assert(read(ends[0], &byte, 1) == 0);
    explore_assert(now() == 1000L * MS);
    join(other);
    close(ends[0]);
}

static void nonblocking(void)
{
    char byte;

    open_ends();
    explore_assert((fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0);
    explore_assert(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    explore_assert((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
    explore_assert(read(ends[0], &byte, 1) == -1 && errno == EAGAIN);
    close_ends();
    explore_assert(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    explore_assert(read(ends[0], &byte, 1) == -1 && errno == EAGAIN);
    while (write(ends[1], &byte, 1) == 1)
        continue;
    explore_assert(errno == EAGAIN);
    close_ends();
}

enum { MUCH = 200000 };
static char much[MUCH];

static void *drain(void *arg)
{
    static char seen[MUCH];
    size_t got = 0;

    (void)arg;
    while (got < MUCH) {
        ssize_t n = read(ends[0], seen + got, MUCH - got);
        explore_assert(n > 0);
        got += (size_t)n;
    }
    for (size_t i = 0; i < MUCH; i++)
        explore_assert(seen[i] == (char)(i % 101));
    return NULL;
}

static void more_than_fits(void)
{
    for (size_t i = 0; i < MUCH; i++)
        much[i] = (char)(i % 101);
    open_ends();
    pthread_t other = start(drain, NULL);
    explore_assert(write(ends[1], much, MUCH) == MUCH);
    join(other);
    close_ends();
}

static void nobody_reads(void)
{
    signal(SIGPIPE, SIG_IGN);
    open_ends();
    close(ends[0]);
    explore_assert(write(ends[1], "x", 1) == -1 && errno == EPIPE);
    close(ends[1]);
}

static void killed_by_pipe(void)
{
    open_ends();
    close(ends[0]);
    (void)!write(ends[1], "x", 1);
}

static void *send_at_2_s(void *arg)
{
    const struct timespec time = {2, 0};

    nanosleep(&time, NULL);
    return send(arg);
}

static void polling(void)
{
    struct pollfd fds[2];
    char byte;

    open_ends();
    fds[0] = (struct pollfd){ends[0], POLLIN, 0};
    fds[1] = (struct pollfd){ends[1], POLLOUT, 0};
    explore_assert(poll(fds, 1, 0) == 0);
    explore_assert(poll(fds, 1, 500) == 0 && now() == 500L * MS);
    explore_assert(poll(fds, 2, -1) == 1 && fds[1].revents == POLLOUT);
    pthread_t other = start(send_at_2_s, NULL);
    explore_assert(poll(fds, 1, 5000) == 1 && fds[0].revents == POLLIN);
    explore_assert(now() == 2500L * MS);
    explore_assert(read(ends[0], &byte, 1) == 1);
    join(other);
    other = start(close_writing_end, NULL);
    explore_assert(poll(fds, 1, -1) == 1 && fds[0].revents == POLLHUP);
    join(other);
    explore_assert(poll(NULL, 0, 250) == 0 && now() == 3750L * MS);
    close(ends[0]);
    explore_assert(poll(fds, 1, -1) == 1 && fds[0].revents == POLLNVAL);
}

static void selecting(void)
{
    struct timeval time = {0, 300000};
    struct timeval longer = {5, 0};
    fd_set reads;

    explore_assert(select(0, NULL, NULL, NULL, &time) == 0);
    explore_assert(now() == 300L * MS);
    open_ends();
    pthread_t other = start(send_at_2_s, NULL);
    FD_ZERO(&reads);
    FD_SET(ends[0], &reads);
    explore_assert(select(ends[0] + 1, &reads, NULL, NULL, &longer) == 1);
    explore_assert(FD_ISSET(ends[0], &reads) && now() == 2300L * MS);
    explore_assert(longer.tv_sec == 3);
    join(other);
    close_ends();
}

static volatile sig_atomic_t handled;

/* The trick: a handler writes, so that a poll() does not miss the signal. */
static void write_byte(int signal)
{
    (void)signal;
    (void)!write(ends[1], "!", 1);
    handled = 1;
}

static void self_pipe(void)
{
    struct pollfd fd;
    char byte;

    explore_assert(pipe2(ends, O_NONBLOCK) == 0);
    signal(SIGINT, write_byte);
    fd = (struct pollfd){ends[0], POLLIN, 0};
    while (poll(&fd, 1, -1) < 0)
        explore_assert(errno == EINTR);
    explore_assert(handled == 1 && now() == 1000L * MS);
    explore_assert(read(ends[0], &byte, 1) == 1 && byte == '!');
    close_ends();
}

static void note(int signal)
{
    (void)signal;
    handled = 1;
}

static void reading_is_cut(void)
{
    struct sigaction action;
    char byte;

    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    open_ends();
    signal(SIGINT, write_byte); /* restarts: then reads what it wrote */
    explore_assert(read(ends[0], &byte, 1) == 1 && byte == '!');
    explore_assert(now() == 1000L * MS);
    sigaction(SIGINT, &action, NULL);
    explore_assert(read(ends[0], &byte, 1) == -1 && errno == EINTR);
    explore_assert(now() == 2000L * MS);
    close_ends();
}

static void nobody_writes(void)
{
    char byte;

    open_ends();
    (void)!read(ends[0], &byte, 1);
}

static void *read_one(void *arg)
{
    char byte;

    (void)!read(ends[0], &byte, 1);
    return arg;
}

static void closed_while_read(void)
{
    open_ends();
    pthread_t other = start(read_one, NULL);
    explore_until_blocked(other);
    close(ends[0]);
    join(other);
}

static void copied(void)
{
    open_ends();
    dup(ends[0]);
}

static void many(void)
{
    for (int i = 0; i < 100; i++) {
        open_ends();
        close_ends();
    }
    for (int i = 0; i < 5; i++)
        open_ends(); /* left open, and closed when the schedule is over */
    explore_assert(ends[0] < 100);
}

const struct example examples[] = {
    {.name = "edge", .run = edge},
    {.name = "values", .run = values},
    {.name = "end_of_file", .run = end_of_file},
    {.name = "nonblocking",
     .run = nonblocking,
     .options = {.steps = 1000000, .schedules = 2}},
    {.name = "more_than_fits",
     .run = more_than_fits,
     .options = {.schedules = 20}},
    {.name = "nobody_reads", .run = nobody_reads},
    {.name = "killed_by_pipe",
     .run = killed_by_pipe,
     .verdict = EXPLORE_CRASH,
     .says = "SIGPIPE"},
    {.name = "polling", .run = polling},
    {.name = "selecting", .run = selecting},
    {.name = "self_pipe",
     .run = self_pipe,
     .options = {.interrupts = {1000L * MS}}},
    {.name = "reading_is_cut",
     .run = reading_is_cut,
     .options = {.interrupts = {1000L * MS, 2000L * MS}}},
    {.name = "nobody_writes",
     .run = nobody_writes,
     .verdict = EXPLORE_DEADLOCK,
     .says = "pipe 1"},
    {.name = "closed_while_read",
     .run = closed_while_read,
     .verdict = EXPLORE_MISUSE,
     .says = "closed while thread 1"},
    {.name = "copied",
     .run = copied,
     .verdict = EXPLORE_UNMODELLED,
     .says = "dup()"},
    {.name = "many", .run = many, .options = {.schedules = 50}},
    {.name = NULL},
};
