#include "watch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"
#include "wrap.h"

WRAP(int, sigaction,
     (int signal, const struct sigaction *action, struct sigaction *old));

/* A busy machine changes no verdict: looks count only when nobody has anything
 * to run, and processor time only when it is the thread's own. */
enum {
    ASLEEP = 4,         /* looks at which all sleep, without progress: 1 s */
    WITH_CHILDREN = 60, /* one may be a sanitizer's symbolizer: 15 s */
    SPINS = 2,          /* seconds of processor time without any progress */
    GROWTH = 256        /* pages more in use: that is no spinning */
};

int watch_real_sigaction(int signal, const struct sigaction *action,
                         struct sigaction *old)
{
    return __real_sigaction(signal, action, old);
}

const char *watch_signal_name(int signal)
{
    static char other[32];
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
        {SIGILL, "SIGILL"},   {SIGABRT, "SIGABRT"}, {SIGINT, "SIGINT"},
        {SIGKILL, "SIGKILL"}, {SIGTERM, "SIGTERM"}, {SIGPIPE, "SIGPIPE"},
        {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGALRM, "SIGALRM"},
    };

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == signal)
            return names[i].name;
    (void)snprintf(other, sizeof other, "signal %d", signal);
    return other;
}

/* --- What /proc says --- */

/* False: it could not be read. */
static bool read_proc(pid_t pid, int tid, const char *name, char *text,
                      int size)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid, tid,
                   name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    size_t n = fread(text, 1, (size_t)size - 1, file);
    text[n] = '\0';
    (void)fclose(file);
    return true;
}

/* What a stat line says of a thread. */
struct stat_line {
    char state;
    long ticks; /* of processor time */
    long pages; /* that its process has in memory */
};

/* The fields of a stat line after the name, which may hold anything. False: it
 * could not be read. */
static bool read_stat(pid_t pid, int tid, struct stat_line *found)
{
    char text[512];
    unsigned long user, kernel;

    if (!read_proc(pid, tid, "stat", text, sizeof text))
        return false;
    const char *rest = strrchr(text, ')');
    if (rest == NULL)
        return false;
    // NOLINTNEXTLINE(cert-err34-c): the kernel writes the numbers
    int read = sscanf(rest,
                      ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu "
                      "%*d %*d %*d %*d %*d %*d %*u %*u %ld",
                      &found->state, &user, &kernel, &found->pages);
    if (read != 4)
        return false;
    found->ticks = (long)(user + kernel);
    return true;
}

/* Runs, waits for a core or its disk, or is held by a debugger. */
static bool is_up(char state)
{
    return state != '\0' && strchr("RDTt", state) != NULL;
}

static bool anyone_is_up(pid_t pid)
{
    char path[32];
    bool found = false;

    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    if (threads == NULL)
        return true; /* it is gone: its end will tell more */
    const struct dirent *entry;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else reads this stream
    while (!found && (entry = readdir(threads)) != NULL) {
        struct stat_line stat;
        int tid = (int)strtol(entry->d_name, NULL, 10);
        found = tid > 0 && read_stat(pid, tid, &stat) && is_up(stat.state);
    }
    (void)closedir(threads);
    return found;
}

/* Looks until sleep is no coincidence; 0: one of its children is up. */
static unsigned patience(pid_t pid)
{
    char text[256];
    char *rest = text;
    unsigned looks = ASLEEP;

    if (!read_proc(pid, (int)pid, "children", text, sizeof text))
        return looks;
    for (long child; (child = strtol(rest, &rest, 10)) > 0;) {
        if (anyone_is_up((pid_t)child))
            return 0;
        looks = WITH_CHILDREN;
    }
    return looks;
}

static const char *call_name(long number)
{
    static const struct {
        long number;
        const char *name;
    } names[] = {
        {SYS_read, "read"},
        {SYS_readv, "readv"},
        {SYS_write, "write"},
        {SYS_writev, "writev"},
        {SYS_ppoll, "poll"},
        {SYS_pselect6, "select"},
        {SYS_epoll_pwait, "epoll_wait"},
        {SYS_futex, "futex"},
        {SYS_flock, "flock"},
        {SYS_fcntl, "fcntl"},
        {SYS_openat, "open"},
        {SYS_accept, "accept"},
        {SYS_accept4, "accept4"},
        {SYS_connect, "connect"},
        {SYS_recvfrom, "recv"},
        {SYS_recvmsg, "recvmsg"},
        {SYS_sendto, "send"},
        {SYS_sendmsg, "sendmsg"},
        {SYS_wait4, "wait"},
        {SYS_waitid, "waitid"},
        {SYS_nanosleep, "nanosleep"},
        {SYS_clock_nanosleep, "clock_nanosleep"},
        {SYS_rt_sigtimedwait, "sigtimedwait"},
        {SYS_rt_sigsuspend, "sigsuspend"},
        {SYS_msgrcv, "msgrcv"},
        {SYS_msgsnd, "msgsnd"},
        {SYS_semtimedop, "semop"},
        {SYS_mq_timedreceive, "mq_receive"},
        {SYS_mq_timedsend, "mq_send"},
#ifdef SYS_poll
        {SYS_poll, "poll"},
        {SYS_select, "select"},
        {SYS_epoll_wait, "epoll_wait"},
        {SYS_pause, "pause"},
        {SYS_open, "open"},
        {SYS_semop, "semop"},
#endif
    };

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            return names[i].name;
    return NULL;
}

static enum explore_verdict blocked_in_call(struct watch *watch, int tid,
                                            char *text, size_t size)
{
    char line[128];
    char number[24];

    if (!read_proc(watch->child, tid, "syscall", line, sizeof line))
        (void)snprintf(line, sizeof line, "-1");
    long call = strtol(line, NULL, 10);
    const char *name = call_name(call);
    (void)snprintf(number, sizeof number, "system call %ld", call);
    (void)snprintf(text, size,
                   "a thread blocks in %s%s, which the explorer does not know; "
                   "its last known call was at " VERDICT_LINE,
                   name == NULL ? number : name, name == NULL ? "" : "()",
                   model.shared->point);
    return EXPLORE_UNMODELLED;
}

static enum explore_verdict probe_sleep(struct watch *watch, int tid,
                                        char *text, size_t size)
{
    unsigned looks = patience(watch->child);

    if (looks == 0 || anyone_is_up(watch->child) || ++watch->asleep < looks)
        return EXPLORE_PASS;
    return blocked_in_call(watch, tid, text, size);
}

static enum explore_verdict probe_still(struct watch *watch, char *text,
                                        size_t size)
{
    int tid = model.shared->running;
    struct stat_line now;

    if (tid <= 0 || !read_stat(watch->child, tid, &now))
        return EXPLORE_PASS;
    if (now.state == 'S')
        return probe_sleep(watch, tid, text, size);
    if (now.pages > watch->pages + GROWTH) {
        /* The kernel clears page after page for it. That has an end: memory's,
         * or the limit of whoever watches the process. */
        watch->pages = now.pages;
        watch->ticks = now.ticks;
    }
    if (now.state != 'R' ||
        now.ticks - watch->ticks < SPINS * sysconf(_SC_CLK_TCK))
        return EXPLORE_PASS;
    (void)snprintf(
        text, size,
        "a thread has run for %d seconds of processor time without "
        "a call that the explorer knows; the last was at " VERDICT_LINE,
        SPINS, model.shared->point);
    return EXPLORE_INCONCLUSIVE;
}

enum explore_verdict watch_probe(struct watch *watch, char *text, size_t size)
{
    unsigned long progress = model.shared->progress;
    struct stat_line now;

    if (progress == watch->progress && !model.shared->outcome.over)
        return probe_still(watch, text, size);
    watch->progress = progress;
    watch->asleep = 0;
    if (read_stat(watch->child, model.shared->running, &now)) {
        watch->ticks = now.ticks;
        watch->pages = now.pages;
    }
    return EXPLORE_PASS;
}
