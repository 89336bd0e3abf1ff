/* Signals: masks, pending bits, handlers, and the calls that wait for one.
 *
 * A signal is taken at schedule points only. What the kernel does between two
 * instructions of a thread it might as well do at its next point, as long as the
 * handler touches nothing but what a handler may. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "wrap.h"

WRAP(int, sigaction,
     (int signal, const struct sigaction *action, struct sigaction *old));
WRAP(sighandler_t, signal, (int signal, sighandler_t handler));
WRAP(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *old));
WRAP(int, sigprocmask, (int how, const sigset_t *set, sigset_t *old));
WRAP(int, sigpending, (sigset_t * set));
WRAP(int, sigwait, (const sigset_t *set, int *signal));
WRAP(int, sigwaitinfo, (const sigset_t *set, siginfo_t *info));
WRAP(int, sigtimedwait,
     (const sigset_t *set, siginfo_t *info, const struct timespec *timeout));
WRAP(int, sigsuspend, (const sigset_t *set));
WRAP(int, pause, (void));
WRAP(int, raise, (int signal));
WRAP(int, kill, (pid_t process, int signal));
WRAP(int, pthread_kill, (pthread_t thread, int signal));

enum { SIGNALS = 65 };

/* Guarded by the token. */
static struct sigaction actions[SIGNALS];
static uint64_t pending; /* for the process: any thread may take it */

static uint64_t bit(int signal)
{
    return (uint64_t)1 << (signal - 1);
}

static bool is_signal(int signal)
{
    return signal >= 1 && signal < SIGNALS;
}

/* SIGKILL and SIGSTOP can neither be blocked nor handled. */
static uint64_t bits_of(const sigset_t *set)
{
    uint64_t bits;

    memcpy(&bits, set, sizeof bits);
    return bits & ~(bit(SIGKILL) | bit(SIGSTOP));
}

static void set_of(uint64_t bits, sigset_t *set)
{
    (void)sigemptyset(set);
    memcpy(set, &bits, sizeof bits);
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static struct object *all_signals(void)
{
    return object_find(actions, OBJECT_SIGNALS);
}

void signals_begin(void)
{
    memset(actions, 0, sizeof actions);
    pending = 0;
}

/* --- Sending ------------------------------------------------------------------ */

static bool is_ignored_by_default(int signal)
{
    return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH ||
           signal == SIGCONT;
}

static bool is_ignored(int signal)
{
    sighandler_t handler = actions[signal].sa_handler;

    return handler == SIG_IGN ||
           (handler == SIG_DFL && is_ignored_by_default(signal));
}

static bool is_blocked_everywhere(int signal)
{
    for (unsigned i = 0; i < model.count; i++)
        if (model.threads[i]->state != THREAD_ENDED &&
            (model.threads[i]->mask & bit(signal)) == 0)
            return false;
    return true;
}

/* A signal that is ignored goes by, unless it is blocked: it may not be ignored
 * any more when it comes through. */
static void send_to_process(int signal)
{
    if (!is_ignored(signal) || is_blocked_everywhere(signal))
        pending |= bit(signal);
}

static void send_to_thread(struct thread *thread, int signal)
{
    if (!is_ignored(signal) || (thread->mask & bit(signal)) != 0)
        thread->pending |= bit(signal);
}

static void drop(int signal)
{
    pending &= ~bit(signal);
    for (unsigned i = 0; i < model.count; i++)
        model.threads[i]->pending &= ~bit(signal);
}

void signals_come_due(void)
{
    while (model.next_interrupt < EXPLORE_INTERRUPTS &&
           model.options.interrupts[model.next_interrupt] != 0 &&
           model.options.interrupts[model.next_interrupt] <= model.now) {
        model.next_interrupt++;
        send_to_process(SIGINT);
        model_event(OP_SIGNAL_SEND, NULL, NULL, NOTE_NONE);
    }
}

int64_t signals_next(void)
{
    if (model.next_interrupt == EXPLORE_INTERRUPTS ||
        model.options.interrupts[model.next_interrupt] == 0)
        return MODEL_NEVER;
    return model.options.interrupts[model.next_interrupt];
}

void explore_interrupt(void)
{
    if (!model_is_on()) {
        (void)__real_kill(getpid(), SIGINT);
        return;
    }
    model_point(OP_SIGNAL_SEND, all_signals(), CALLER);
    send_to_process(SIGINT);
    model_event(OP_SIGNAL_SEND, all_signals(), CALLER, NOTE_NONE);
}

/* --- Taking ------------------------------------------------------------------- */

static uint64_t deliverable(const struct thread *thread)
{
    uint64_t bits = (thread->pending | pending) & ~thread->mask;

    /* Whoever asks for it with sigwait() has it blocked, if it is right; the
     * kernel gives it to him even if not. */
    return bits & ~thread->wanted;
}

bool signals_wake(const struct thread *thread)
{
    return deliverable(thread) != 0;
}

static int lowest(uint64_t bits)
{
    return __builtin_ctzll(bits) + 1;
}

static void take(struct thread *thread, int signal)
{
    if ((thread->pending & bit(signal)) != 0)
        thread->pending &= ~bit(signal);
    else
        pending &= ~bit(signal);
}

static void call_handler(struct thread *thread, int signal)
{
    struct sigaction action = actions[signal];
    uint64_t mask = thread->mask;
    struct thread saved = *thread; /* what it waits for stays as it is */
    siginfo_t info;

    memset(&info, 0, sizeof info);
    info.si_signo = signal;
    thread->mask |= bits_of(&action.sa_mask);
    if ((action.sa_flags & SA_NODEFER) == 0)
        thread->mask |= bit(signal);
    if ((action.sa_flags & (int)SA_RESETHAND) != 0)
        actions[signal].sa_handler = SIG_DFL;
    model_event(OP_HANDLER, all_signals(), thread->pc, NOTE_NONE);
    if ((action.sa_flags & SA_SIGINFO) != 0)
        action.sa_sigaction(signal, &info, NULL);
    else
        action.sa_handler(signal);
    thread->op = saved.op;
    thread->object = saved.object;
    thread->pc = saved.pc;
    thread->can = saved.can;
    thread->deadline = saved.deadline;
    thread->interruptible = saved.interruptible;
    thread->mask = mask;
}

/* Run what has come for this thread. True: a handler ran. */
bool signals_run_handlers(struct thread *thread)
{
    bool ran = false;
    uint64_t bits;

    while ((bits = deliverable(thread)) != 0) {
        int signal = lowest(bits);
        take(thread, signal);
        if (is_ignored(signal))
            continue;
        if (actions[signal].sa_handler == SIG_DFL)
            verdict_end(EXPLORE_CRASH,
                        "the program is killed by %s, which no thread has "
                        "blocked and nobody handles",
                        signal == SIGINT ? "an interrupt (SIGINT)" : "a signal");
        call_handler(thread, signal);
        ran = true;
    }
    return ran;
}

/* --- The calls ------------------------------------------------------------------- */

int __wrap_sigaction(int signal, const struct sigaction *action,
                     struct sigaction *old)
{
    if (!model_is_on())
        return __real_sigaction(signal, action, old);
    if (!is_signal(signal) ||
        (action != NULL && (signal == SIGKILL || signal == SIGSTOP)))
        return fail(EINVAL);
    model_point(OP_SIGNAL_SEND, all_signals(), CALLER);
    if (old != NULL)
        *old = actions[signal];
    if (action == NULL)
        return 0;
    actions[signal] = *action;
    if (is_ignored(signal))
        drop(signal);
    return 0;
}

sighandler_t __wrap_signal(int signal, sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct sigaction old;

    if (!model_is_on())
        return __real_signal(signal, handler);
    return __wrap_sigaction(signal, &action, &old) == 0 ? old.sa_handler
                                                        : SIG_ERR;
}

static int change_mask(int how, const sigset_t *set, sigset_t *old,
                       const void *pc)
{
    struct thread *self = model_self;

    model_point(OP_SIGNAL_SEND, all_signals(), pc);
    if (old != NULL)
        set_of(self->mask, old);
    if (set == NULL)
        return 0;
    switch (how) {
    case SIG_BLOCK:
        self->mask |= bits_of(set);
        break;
    case SIG_UNBLOCK:
        self->mask &= ~bits_of(set);
        break;
    case SIG_SETMASK:
        self->mask = bits_of(set);
        break;
    default:
        return EINVAL;
    }
    (void)signals_run_handlers(self);
    return 0;
}

int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    return model_is_on() ? change_mask(how, set, old, CALLER)
                         : __real_pthread_sigmask(how, set, old);
}

int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    if (!model_is_on())
        return __real_sigprocmask(how, set, old);
    int error = change_mask(how, set, old, CALLER);
    return error == 0 ? 0 : fail(error);
}

int __wrap_sigpending(sigset_t *set)
{
    if (!model_is_on())
        return __real_sigpending(set);
    model_point(OP_SIGNAL_SEND, all_signals(), CALLER);
    set_of((pending | model_self->pending) & model_self->mask, set);
    return 0;
}

static bool has_wanted(const struct thread *thread)
{
    return ((thread->pending | pending) & thread->wanted) != 0;
}

/* The signal, or a negative error. */
static int wait_for(const sigset_t *set, siginfo_t *info, int64_t deadline,
                    const void *pc)
{
    struct thread *self = model_self;

    self->wanted = bits_of(set);
    self->interruptible = true;
    bool came = model_park(OP_SIGNAL_WAIT, all_signals(), pc, has_wanted,
                           deadline);
    self->interruptible = false;
    int signal = came ? lowest((self->pending | pending) & self->wanted) : 0;
    self->wanted = 0;
    if (!came)
        return self->interrupted ? -EINTR : -EAGAIN;
    take(self, signal);
    model_event(OP_SIGNAL_WAIT, all_signals(), pc, NOTE_NONE);
    if (info != NULL) {
        memset(info, 0, sizeof *info);
        info->si_signo = signal;
    }
    return signal;
}

int __wrap_sigtimedwait(const sigset_t *set, siginfo_t *info,
                        const struct timespec *timeout)
{
    if (!model_is_on())
        return __real_sigtimedwait(set, info, timeout);
    if (timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
                            timeout->tv_nsec > 999999999))
        return fail(EINVAL);
    int64_t deadline =
        timeout == NULL ? MODEL_NEVER : clock_moment_after(timeout);
    int signal = wait_for(set, info, deadline, CALLER);
    return signal > 0 ? signal : fail(-signal);
}

int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    if (!model_is_on())
        return __real_sigwaitinfo(set, info);
    int signal = wait_for(set, info, MODEL_NEVER, CALLER);
    return signal > 0 ? signal : fail(-signal);
}

/* sigwait() goes on waiting when a handler has run. */
int __wrap_sigwait(const sigset_t *set, int *signal)
{
    if (!model_is_on())
        return __real_sigwait(set, signal);
    const void *pc = CALLER;
    int got;

    do
        got = wait_for(set, NULL, MODEL_NEVER, pc);
    while (got == -EINTR);
    *signal = got;
    return 0;
}

static bool never(const struct thread *thread)
{
    (void)thread;
    return false;
}

static int wait_for_handler(const void *pc)
{
    struct thread *self = model_self;

    self->interruptible = true;
    while (model_park(OP_SIGNAL_WAIT, all_signals(), pc, never, MODEL_NEVER) ||
           !self->interrupted)
        continue;
    self->interruptible = false;
    return fail(EINTR);
}

int __wrap_pause(void)
{
    return model_is_on() ? wait_for_handler(CALLER) : __real_pause();
}

int __wrap_sigsuspend(const sigset_t *set)
{
    if (!model_is_on())
        return __real_sigsuspend(set);
    uint64_t mask = model_self->mask;

    model_self->mask = bits_of(set);
    int result = wait_for_handler(CALLER);
    model_self->mask = mask;
    return result;
}

int __wrap_raise(int signal)
{
    if (!model_is_on())
        return __real_raise(signal);
    if (!is_signal(signal))
        return fail(EINVAL);
    send_to_thread(model_self, signal);
    model_point(OP_SIGNAL_SEND, all_signals(), CALLER);
    return 0;
}

int __wrap_kill(pid_t process, int signal)
{
    if (!model_is_on())
        return __real_kill(process, signal);
    if (signal == 0)
        return __real_kill(process, 0);
    if (!is_signal(signal))
        return fail(EINVAL);
    if (process != getpid() && process != 0)
        verdict_end(EXPLORE_UNMODELLED, "kill() of another process is not "
                                        "modelled (at " VERDICT_LINE ")", CALLER);
    model_point(OP_SIGNAL_SEND, all_signals(), CALLER);
    send_to_process(signal);
    model_event(OP_SIGNAL_SEND, all_signals(), CALLER, NOTE_NONE);
    (void)signals_run_handlers(model_self);
    return 0;
}

int __wrap_pthread_kill(pthread_t real, int signal)
{
    if (!model_is_on())
        return __real_pthread_kill(real, signal);
    struct thread *thread = threads_find(real);

    if (thread == NULL || thread->joined)
        verdict_misuse(CALLER, "pthread_kill() of a thread that is no more");
    if (signal == 0)
        return thread->state == THREAD_ENDED ? ESRCH : 0;
    if (!is_signal(signal))
        return EINVAL;
    model_point(OP_SIGNAL_SEND, all_signals(), CALLER);
    send_to_thread(thread, signal);
    model_event(OP_SIGNAL_SEND, all_signals(), CALLER, NOTE_NONE);
    (void)signals_run_handlers(model_self);
    return 0;
}
