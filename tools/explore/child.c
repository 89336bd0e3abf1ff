/* The process that the schedules run in, and the parent that watches it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "model.h"
#include "watch.h"

enum { PROBE_MS = 250 };

/* --- In the child --- */

/* Hand-over on one core costs a third of what it costs between two. */
static void stay_on_one_core(void)
{
    cpu_set_t set;

    int core = sched_getcpu();

    if (core < 0)
        return;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
enum { CRASHES = sizeof crashes / sizeof *crashes };
static struct sigaction before[CRASHES]; /* a sanitizer's, or the default */

static const void *pc_of(const void *context)
{
    const ucontext_t *at = context;

#if defined __x86_64__
    return (const void *)(uintptr_t)at->uc_mcontext.gregs[REG_RIP];
#elif defined __aarch64__
    return (const void *)(uintptr_t)at->uc_mcontext.pc;
#else
#error "say here where a machine context keeps the program counter"
#endif
}

/* Write down where it was, then let it happen again for whoever was to handle
 * it before: a sanitizer that reports it, or the kernel. */
static void crashed(int signal, siginfo_t *info, void *context)
{
    char text[EXPLORE_TEXT];

    (void)info;
    for (unsigned i = 0; i < CRASHES; i++)
        if (crashes[i] == signal)
            (void)watch_real_sigaction(signal, &before[i], NULL);
    if (!model_is_on() || model.shared->outcome.over)
        return;
    (void)snprintf(text, sizeof text,
                   "%s: the program was ended by the kernel, "
                   "at " VERDICT_LINE,
                   watch_signal_name(signal), pc_of(context));
    verdict_set(EXPLORE_CRASH, pc_of(context), text);
}

static void notice_crashes(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = crashed;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    (void)sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < CRASHES; i++)
        (void)watch_real_sigaction(crashes[i], &action, &before[i]);
}

/* Without a place to throw it, it is printed. */
static void be_silent(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (nowhere < 0)
        return;
    (void)dup2(nowhere, STDOUT_FILENO);
    (void)dup2(nowhere, STDERR_FILENO);
    (void)close(nowhere);
}

_Noreturn static void be_child(const struct plan *plan)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* A grader or a debugger may watch its threads from outside. */
    (void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    stay_on_one_core();
    notice_crashes();
    if (plan->in_silence)
        be_silent();
    run_plan(plan);
    model.shared->finished = true;
    for (;;)
        (void)syscall(SYS_exit_group, 0);
}

/* --- In the parent --- */

static void settle(enum explore_verdict verdict, const char *text)
{
    struct outcome *outcome = &model.shared->outcome;

    outcome->verdict = verdict;
    outcome->over = verdict != EXPLORE_PASS;
    (void)snprintf(outcome->message, sizeof outcome->message, "%s", text);
}

/* What came of a child that did not say so itself. A status of 0 says nothing:
 * the program itself may have ended the process. */
static void settle_by_status(int status)
{
    char text[EXPLORE_TEXT];

    if (model.shared->finished) {
        settle(EXPLORE_PASS, "");
        return;
    }
    if (WIFSIGNALED(status))
        (void)snprintf(text, sizeof text, "the program was killed by %s",
                       watch_signal_name(WTERMSIG(status)));
    else
        (void)snprintf(text, sizeof text,
                       "the program ended by itself, with "
                       "status %d",
                       WEXITSTATUS(status));
    settle(EXPLORE_CRASH, text);
}

static int wait_for(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/* Until the child ends. The other end of the pipe is open as long as it lives.
 */
static void watch(pid_t child, int end)
{
    struct pollfd pipe = {.fd = end, .events = POLLIN};
    struct watch state = {.child = child};
    char text[EXPLORE_TEXT];

    while (poll(&pipe, 1, PROBE_MS) <= 0) {
        enum explore_verdict verdict = watch_probe(&state, text, sizeof text);
        if (verdict == EXPLORE_PASS)
            continue;
        (void)kill(child, SIGKILL);
        (void)wait_for(child);
        settle(verdict, text);
        return;
    }
    int status = wait_for(child);
    if (!model.shared->outcome.over)
        settle_by_status(status);
}

enum explore_verdict child_run(const struct plan *plan)
{
    int ends[2];

    if (pipe(ends) != 0) {
        settle(EXPLORE_ENVIRONMENT, "no pipe to be had");
        return EXPLORE_ENVIRONMENT;
    }
    model.shared->finished = false;
    pid_t child = fork();
    if (child == 0)
        be_child(plan);
    (void)close(ends[1]);
    if (child < 0)
        settle(EXPLORE_ENVIRONMENT, "no process to be had");
    else
        watch(child, ends[0]);
    (void)close(ends[0]);
    return model.shared->outcome.verdict;
}
