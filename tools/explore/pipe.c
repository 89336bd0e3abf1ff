/* Pipes that a schedule makes, for programs that wake a thread by one. The
 * model says who may read and write; the real pipe, which never blocks, then
 * moves the bytes, and tells ThreadSanitizer. Other descriptors go to the
 * kernel: if it blocks there, the watchdog names the call. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <unistd.h>

#include "calls.h"
#include "wrap.h"

WRAP(int, pipe, (int ends[2]));
WRAP(int, pipe2, (int ends[2], int flags));
WRAP(ssize_t, read, (int fd, void *to, size_t size));
WRAP(ssize_t, write, (int fd, const void *from, size_t size));
WRAP(int, close, (int fd));
WRAP(int, poll, (struct pollfd * fds, nfds_t n, int timeout));
WRAP(int, ppoll,
     (struct pollfd * fds, nfds_t n, const struct timespec *timeout,
      const sigset_t *mask));
WRAP(int, select,
     (int n, fd_set *reads, fd_set *writes, fd_set *others,
      struct timeval *timeout));
WRAP(int, pselect,
     (int n, fd_set *reads, fd_set *writes, fd_set *others,
      const struct timespec *timeout, const sigset_t *mask));
WRAP(int, fcntl, (int fd, int command, ...));
WRAP(int, fcntl64, (int fd, int command, ...));
WRAP(int, dup, (int fd));
WRAP(int, dup2, (int from, int to));
WRAP(int, dup3, (int from, int to, int flags));
WRAP(ssize_t, readv, (int fd, const struct iovec *parts, int n));
WRAP(ssize_t, writev, (int fd, const struct iovec *parts, int n));
WRAP(FILE *, fdopen, (int fd, const char *mode));

enum { READ, WRITE, PIPES = 256, FDS = 1024, CAPACITY = 65536 };

/* Guarded by the token. */
struct pipe {
    bool open[2];
    bool nonblocking[2]; /* as the program sees it; the real ends always are */
    int fd[2];
    size_t bytes;
    size_t capacity;
    bool full; /* the kernel said so; until something is read */
};

static struct pipe pipes[PIPES];
static struct pipe *pipe_of[FDS]; /* NULL: no end of a pipe of this schedule */

/* A pipe was made in this schedule. */
static bool any;

void pipes_begin(void)
{
    if (!any)
        return;
    for (unsigned i = 0; i < PIPES; i++)
        for (int end = READ; end <= WRITE; end++)
            if (pipes[i].open[end])
                (void)__real_close(pipes[i].fd[end]);
    memset(pipes, 0, sizeof pipes);
    memset(pipe_of, 0, sizeof pipe_of);
    any = false;
}

static struct pipe *find(int fd)
{
    return model_is_on() && fd >= 0 && fd < FDS ? pipe_of[fd] : NULL;
}

static int end_of(const struct pipe *pipe, int fd)
{
    return pipe->open[WRITE] && pipe->fd[WRITE] == fd ? WRITE : READ;
}

static struct object *object_of(struct pipe *pipe)
{
    return object_find(pipe, OBJECT_PIPE);
}

/* --- Making and closing --- */

static struct pipe *find_unused(void)
{
    for (unsigned i = 0; i < PIPES; i++)
        if (!pipes[i].open[READ] && !pipes[i].open[WRITE])
            return &pipes[i];
    verdict_end(EXPLORE_ENVIRONMENT, "there are too many pipes");
}

static int make(int ends[2], int flags, const void *pc)
{
    if ((flags & O_DIRECT) != 0)
        verdict_end(EXPLORE_UNMODELLED,
                    "pipe2() with O_DIRECT is not modelled "
                    "(at " VERDICT_LINE ")",
                    pc);
    struct pipe *pipe = find_unused();
    int result = __real_pipe2(ends, flags | O_NONBLOCK);
    if (result != 0)
        return result;
    if (ends[READ] >= FDS || ends[WRITE] >= FDS)
        verdict_end(EXPLORE_ENVIRONMENT, "there are too many open files");
    bool nonblocking = (flags & O_NONBLOCK) != 0;
    any = true;
    *pipe = (struct pipe){.open = {true, true},
                          .nonblocking = {nonblocking, nonblocking},
                          .fd = {ends[READ], ends[WRITE]},
                          .capacity = CAPACITY};
    pipe_of[ends[READ]] = pipe;
    pipe_of[ends[WRITE]] = pipe;
    return 0;
}

int __wrap_pipe(int ends[2])
{
    return model_is_on() ? make(ends, 0, CALLER) : __real_pipe(ends);
}

int __wrap_pipe2(int ends[2], int flags)
{
    return model_is_on() ? make(ends, flags, CALLER)
                         : __real_pipe2(ends, flags);
}

/* Whoever stands in a call on this end would find it gone, or another file. */
static void check_unused(const struct pipe *pipe, int end, const void *pc)
{
    enum model_op op = end == READ ? OP_PIPE_READ : OP_PIPE_WRITE;

    for (unsigned i = 0; i < model.count; i++) {
        const struct thread *thread = model.threads[i];
        if (thread != model_self && thread->state == THREAD_PARKED &&
            thread->op == op && thread->object != NULL &&
            thread->object->address == pipe)
            verdict_misuse(pc,
                           "an end of a pipe is closed while thread %u is "
                           "in a call on it at " VERDICT_LINE,
                           thread->number, thread->pc);
    }
}

int __wrap_close(int fd)
{
    struct pipe *pipe = find(fd);

    if (pipe == NULL)
        return __real_close(fd);
    const void *pc = CALLER;
    int end = end_of(pipe, fd);
    struct object *object = object_of(pipe);

    model_point(OP_PIPE_CLOSE, object, pc);
    if (find(fd) != pipe)
        return call_result(EBADF);
    check_unused(pipe, end, pc);
    pipe->open[end] = false;
    pipe_of[fd] = NULL;
    model_event(OP_PIPE_CLOSE, object, pc, NOTE_NONE);
    if (!pipe->open[READ] && !pipe->open[WRITE])
        object_forget(pipe, 1);
    return __real_close(fd);
}

/* --- Reading and writing --- */

static bool has_something_to_read(const struct pipe *pipe)
{
    return pipe->bytes > 0 || !pipe->open[WRITE];
}

static bool has_room(const struct pipe *pipe, size_t size)
{
    return !pipe->open[READ] ||
           (!pipe->full && pipe->bytes + size <= pipe->capacity);
}

static bool can_read(const struct thread *thread)
{
    return has_something_to_read(thread->object->address);
}

static bool can_write(const struct thread *thread)
{
    return has_room(thread->object->address, thread->awaited);
}

/* Few bytes are written together; many, as there is room. */
static size_t atomic_part(size_t size)
{
    return size <= PIPE_BUF ? size : 1;
}

/* 0, or why it was not to be: EAGAIN, EINTR. */
static int wait_for(struct pipe *pipe, int end, enum model_op op,
                    bool (*can)(const struct thread *), const void *pc)
{
    struct thread *self = model_self;
    struct object *object = object_of(pipe);

    if (pipe->nonblocking[end]) {
        model_point(op, object, pc);
        return can(self) ? 0 : EAGAIN;
    }
    return signals_park(op, object, pc, can, MODEL_NEVER, true) ? 0 : EINTR;
}

/* The real call comes last, and is jumped to, so that a report of it names the
 * program's line. */
ssize_t __wrap_read(int fd, void *to, size_t size)
{
    struct pipe *pipe = find(fd);

    if (pipe == NULL || size == 0 || end_of(pipe, fd) != READ)
        return __real_read(fd, to, size);
    int error = wait_for(pipe, READ, OP_PIPE_READ, can_read, CALLER);

    model_event(OP_PIPE_READ, object_of(pipe), CALLER,
                error == 0 ? NOTE_NONE : NOTE_FAILED);
    if (error != 0)
        return call_result(error);
    pipe->bytes -= size < pipe->bytes ? size : pipe->bytes;
    pipe->full = false;
    return __real_read(fd, to, size);
}

static int nobody_reads(void)
{
    signals_raise(SIGPIPE);
    return EPIPE;
}

/* Write a part: how much, or a negative error. */
static ssize_t write_some(struct pipe *pipe, const char *from, size_t size,
                          const void *pc)
{
    model_self->awaited = atomic_part(size);
    int error = wait_for(pipe, WRITE, OP_PIPE_WRITE, can_write, pc);

    if (error == 0 && !pipe->open[READ])
        error = nobody_reads();
    model_event(OP_PIPE_WRITE, object_of(pipe), pc,
                error == 0 ? NOTE_NONE : NOTE_FAILED);
    if (error != 0)
        return -error;
    ssize_t n = __real_write(pipe->fd[WRITE], from, size);
    if (n < 0 && errno == EAGAIN) {
        pipe->full = true;
        return pipe->nonblocking[WRITE] ? -EAGAIN : 0;
    }
    if (n < 0)
        return -errno;
    pipe->bytes += (size_t)n;
    return n;
}

ssize_t __wrap_write(int fd, const void *from, size_t size)
{
    struct pipe *pipe = find(fd);
    const char *at = from;
    size_t done = 0;

    if (pipe == NULL || size == 0 || end_of(pipe, fd) != WRITE)
        return __real_write(fd, from, size);
    while (done < size) {
        ssize_t n = write_some(pipe, at + done, size - done, CALLER);
        if (n < 0 && done == 0)
            return call_result((int)-n);
        if (n < 0)
            break;
        done += (size_t)n;
        if (pipe->nonblocking[WRITE])
            break;
    }
    return (ssize_t)done;
}

/* --- Waiting for several --- */

struct polled {
    const struct pollfd *fds;
    nfds_t n;
};

static bool is_ready(const struct pollfd *fd)
{
    const struct pipe *pipe =
        fd->fd >= 0 && fd->fd < FDS ? pipe_of[fd->fd] : NULL;

    if (pipe == NULL)
        return false;
    if (end_of(pipe, fd->fd) == READ)
        return !pipe->open[WRITE] ||
               (pipe->bytes > 0 && (fd->events & (POLLIN | POLLRDNORM)) != 0);
    return !pipe->open[READ] ||
           ((fd->events & (POLLOUT | POLLWRNORM)) != 0 && has_room(pipe, 1));
}

static bool one_is_ready(const struct thread *thread)
{
    const struct polled *polled = thread->awaits;

    for (nfds_t i = 0; i < polled->n; i++)
        if (is_ready(&polled->fds[i]))
            return true;
    return false;
}

/* How many are pipes of ours, and how many others. */
static unsigned count(const struct pollfd *fds, nfds_t n, unsigned *others)
{
    unsigned ours = 0;

    *others = 0;
    for (nfds_t i = 0; i < n; i++) {
        bool is_ours = find(fds[i].fd) != NULL;
        ours += is_ours;
        *others += !is_ours && fds[i].fd >= 0;
    }
    return ours;
}

static void set_full(const struct pollfd *fds, nfds_t n)
{
    for (nfds_t i = 0; i < n; i++) {
        struct pipe *pipe = find(fds[i].fd);
        if (pipe != NULL && end_of(pipe, fds[i].fd) == WRITE)
            pipe->full = true;
    }
}

/* The kernel is asked what there is, as the model knows it, too; it is never
 * asked to wait. */
static int poll_until(struct pollfd *fds, nfds_t n, int64_t deadline,
                      bool masked, const void *pc)
{
    struct thread *self = model_self;
    const struct polled polled = {fds, n};

    for (;;) {
        self->awaits = &polled;
        bool came = (masked ? signals_wait : signals_park)(
            OP_POLL, NULL, pc, one_is_ready, deadline, false);
        if (!came && self->interrupted)
            return call_result(EINTR);
        int ready = __real_poll(fds, n, 0);
        model_event(OP_POLL, NULL, pc, ready > 0 ? NOTE_NONE : NOTE_TIMED_OUT);
        if (ready != 0 || !came)
            return ready;
        set_full(fds, n);
    }
}

/* False: what is asked for has nothing to do with the model. */
static bool is_for_us(struct pollfd *fds, nfds_t n, int64_t deadline,
                      const void *pc)
{
    unsigned others;
    unsigned ours = count(fds, n, &others);

    if (others == 0)
        return true;
    if (ours > 0 && deadline > model.now && __real_poll(fds, n, 0) == 0)
        verdict_end(EXPLORE_UNMODELLED,
                    "a thread waits for a pipe and for another file at once "
                    "(at " VERDICT_LINE ")",
                    pc);
    return ours > 0;
}

static int64_t after_ms(int timeout)
{
    enum { MS = 1000 };
    const long one = CALLS_SECOND / MS;
    const struct timespec time = {timeout / MS, timeout % MS * one};

    return timeout < 0 ? MODEL_NEVER : clock_moment_after(&time);
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    if (model_is_on() && is_for_us(fds, n, after_ms(timeout), CALLER))
        return poll_until(fds, n, after_ms(timeout), false, CALLER);
    return __real_poll(fds, n, timeout);
}

/* With another mask for as long as it waits. */
static int poll_masked(struct pollfd *fds, nfds_t n, int64_t deadline,
                       const sigset_t *mask, const void *pc)
{
    uint64_t before = model_self->mask;

    if (mask != NULL)
        model_self->mask = signals_bits(mask);
    int result = poll_until(fds, n, deadline, mask != NULL, pc);
    model_self->mask = before;
    (void)signals_run_handlers(model_self);
    return result;
}

static int64_t deadline_of(const struct timespec *timeout)
{
    return timeout == NULL ? MODEL_NEVER : clock_moment_after(timeout);
}

static bool is_duration(const struct timespec *timeout)
{
    return timeout == NULL ||
           (timeout->tv_sec >= 0 && call_time_is_valid(timeout));
}

int __wrap_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
                 const sigset_t *mask)
{
    if (!model_is_on() || !is_for_us(fds, n, deadline_of(timeout), CALLER))
        return __real_ppoll(fds, n, timeout, mask);
    if (!is_duration(timeout))
        return call_result(EINVAL);
    return poll_masked(fds, n, deadline_of(timeout), mask, CALLER);
}

/* --- select(), by way of poll() --- */

static bool is_in(int fd, const fd_set *set)
{
    return set != NULL && FD_ISSET(fd, set);
}

static nfds_t list_sets(int n, const fd_set *reads, const fd_set *writes,
                        const fd_set *others, struct pollfd *fds)
{
    nfds_t count_listed = 0;

    for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++) {
        int events = (is_in(fd, reads) ? POLLIN : 0) |
                     (is_in(fd, writes) ? POLLOUT : 0) |
                     (is_in(fd, others) ? POLLPRI : 0);
        if (events != 0)
            fds[count_listed++] = (struct pollfd){fd, (short)events, 0};
    }
    return count_listed;
}

/* Does it stay in the set? */
static int settle(const struct pollfd *fd, fd_set *set, int wanted, int seen)
{
    if (set == NULL || (fd->events & wanted) == 0)
        return 0;
    if ((fd->revents & seen) != 0)
        return 1;
    FD_CLR(fd->fd, set);
    return 0;
}

static int settle_all(const struct pollfd *fds, nfds_t n, fd_set *reads,
                      fd_set *writes, fd_set *others)
{
    int ready = 0;

    for (nfds_t i = 0; i < n; i++) {
        if ((fds[i].revents & POLLNVAL) != 0)
            return call_result(EBADF);
        ready += settle(&fds[i], reads, POLLIN, POLLIN | POLLHUP | POLLERR) +
                 settle(&fds[i], writes, POLLOUT, POLLOUT | POLLERR) +
                 settle(&fds[i], others, POLLPRI, POLLPRI);
    }
    return ready;
}

static int select_masked(struct pollfd *fds, nfds_t listed, int64_t deadline,
                         const sigset_t *mask, fd_set *sets[3], const void *pc)
{
    int result = poll_masked(fds, listed, deadline, mask, pc);

    return result < 0 ? result
                      : settle_all(fds, listed, sets[0], sets[1], sets[2]);
}

/* Linux says in the timeout how much of it is left. */
static void put_rest(struct timeval *timeout, int64_t deadline)
{
    enum { US = 1000, PER_SECOND = 1000000 };

    if (timeout == NULL)
        return;
    int64_t left = deadline > model.now ? (deadline - model.now) / US : 0;
    timeout->tv_sec = left / PER_SECOND;
    timeout->tv_usec = left % PER_SECOND;
}

int __wrap_select(int n, fd_set *reads, fd_set *writes, fd_set *others,
                  struct timeval *timeout)
{
    struct pollfd fds[FD_SETSIZE];
    fd_set *sets[] = {reads, writes, others};

    if (!model_is_on())
        return __real_select(n, reads, writes, others, timeout);
    struct timespec time = {0, 0};
    if (timeout != NULL)
        time = (struct timespec){timeout->tv_sec + timeout->tv_usec / 1000000,
                                 timeout->tv_usec % 1000000 * 1000};
    const struct timespec *wait = timeout == NULL ? NULL : &time;
    nfds_t listed = list_sets(n, reads, writes, others, fds);
    if (n < 0 || !is_duration(wait))
        return call_result(EINVAL);
    if (!is_for_us(fds, listed, deadline_of(wait), CALLER))
        return __real_select(n, reads, writes, others, timeout);
    int64_t deadline = deadline_of(wait);
    int result = select_masked(fds, listed, deadline, NULL, sets, CALLER);
    put_rest(timeout, deadline);
    return result;
}

int __wrap_pselect(int n, fd_set *reads, fd_set *writes, fd_set *others,
                   const struct timespec *timeout, const sigset_t *mask)
{
    struct pollfd fds[FD_SETSIZE];
    fd_set *sets[] = {reads, writes, others};

    if (!model_is_on())
        return __real_pselect(n, reads, writes, others, timeout, mask);
    nfds_t listed = list_sets(n, reads, writes, others, fds);
    if (n < 0 || !is_duration(timeout))
        return call_result(EINVAL);
    if (!is_for_us(fds, listed, deadline_of(timeout), CALLER))
        return __real_pselect(n, reads, writes, others, timeout, mask);
    return select_masked(fds, listed, deadline_of(timeout), mask, sets, CALLER);
}

/* --- What else can be done with one of its ends --- */

static void refuse(int fd, const char *call, const void *pc)
{
    if (find(fd) != NULL)
        verdict_end(EXPLORE_UNMODELLED,
                    "%s() of a pipe is not modelled (at " VERDICT_LINE ")",
                    call, pc);
}

static int control(struct pipe *pipe, int fd, int command, void *argument,
                   const void *pc)
{
    int end = end_of(pipe, fd);
    int flags = (int)(intptr_t)argument;
    int result;

    switch (command) {
    case F_GETFD:
    case F_SETFD:
    case F_GETPIPE_SZ:
        return __real_fcntl(fd, command, argument);
    case F_GETFL:
        result = __real_fcntl(fd, command);
        return pipe->nonblocking[end] ? result : result & ~O_NONBLOCK;
    case F_SETFL:
        pipe->nonblocking[end] = (flags & O_NONBLOCK) != 0;
        return __real_fcntl(fd, command, flags | O_NONBLOCK);
    default:
        refuse(fd, "fcntl", pc);
        return call_result(EINVAL);
    }
}

/* Its third argument is an int or a pointer, by the command. */
int __wrap_fcntl(int fd, int command, ...)
{
    struct pipe *pipe = find(fd);
    va_list arguments;

    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return pipe == NULL ? __real_fcntl(fd, command, argument)
                        : control(pipe, fd, command, argument, CALLER);
}

int __wrap_fcntl64(int fd, int command, ...)
{
    struct pipe *pipe = find(fd);
    va_list arguments;

    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return pipe == NULL ? __real_fcntl64(fd, command, argument)
                        : control(pipe, fd, command, argument, CALLER);
}

int __wrap_dup(int fd)
{
    refuse(fd, "dup", CALLER);
    return __real_dup(fd);
}

int __wrap_dup2(int from, int to)
{
    refuse(from, "dup2", CALLER);
    refuse(to, "dup2", CALLER);
    return __real_dup2(from, to);
}

int __wrap_dup3(int from, int to, int flags)
{
    refuse(from, "dup3", CALLER);
    refuse(to, "dup3", CALLER);
    return __real_dup3(from, to, flags);
}

ssize_t __wrap_readv(int fd, const struct iovec *parts, int n)
{
    refuse(fd, "readv", CALLER);
    return __real_readv(fd, parts, n);
}

ssize_t __wrap_writev(int fd, const struct iovec *parts, int n)
{
    refuse(fd, "writev", CALLER);
    return __real_writev(fd, parts, n);
}

FILE *__wrap_fdopen(int fd, const char *mode)
{
    refuse(fd, "fdopen", CALLER);
    return __real_fdopen(fd, mode);
}
