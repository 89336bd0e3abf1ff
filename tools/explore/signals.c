/* Signals: masks, pending bits, handlers, and the calls that wait for one.
 *
 * A signal is taken at schedule points only. What the kernel does between two
 * instructions of a thread it might as well do at its next point, as long as
 * the handler touches nothing but what a handler may. */
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "calls.h"
#include "watch.h"
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

enum { SIGNALS = 65, FIRST_QUEUED = 32 };

/* What the program set before explore_run(): what each schedule begins with. It
 * is not asked of the kernel: how the program was started is no part of it. */
static struct sigaction first_actions[SIGNALS];
static uint64_t first_mask;

/* Guarded by the token. */
static struct sigaction actions[SIGNALS];
static bool actions_changed; /* they are not the first ones */
static uint64_t pending;     /* for the process: any thread may take it */

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

static struct object *all_signals(void)
{
    return object_find(actions, OBJECT_SIGNALS);
}

void signals_begin(void)
{
    if (actions_changed)
        memcpy(actions, first_actions, sizeof actions);
    actions_changed = false;
    pending = 0;
}

uint64_t signals_first_mask(void)
{
    return first_mask;
}

uint64_t signals_bits(const sigset_t *set)
{
    return bits_of(set);
}

/* --- Sending --- */

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

static bool stops_by_default(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
           signal == SIGTTOU;
}

static bool is_blocked_everywhere(int signal)
{
    for (unsigned i = 0; i < model.count; i++)
        if (model.threads[i]->state != THREAD_ENDED &&
            (model.threads[i]->mask & bit(signal)) == 0)
            return false;
    return true;
}

/* A signal comes through that nobody handles. */
_Noreturn static void do_default(int signal)
{
    if (stops_by_default(signal))
        verdict_end(EXPLORE_UNMODELLED,
                    "the program is stopped by signal %d: "
                    "that is not modelled",
                    signal);
    verdict_end(EXPLORE_CRASH,
                "the program is killed by %s, which is not blocked, and which "
                "nobody handles",
                watch_signal_name(signal));
}

static bool has_default(int signal)
{
    return actions[signal].sa_handler == SIG_DFL && !is_ignored(signal);
}

static void check_queue(int signal)
{
    if (signal >= FIRST_QUEUED)
        verdict_end(EXPLORE_UNMODELLED,
                    "signal %d is a real-time signal: their queues are not "
                    "modelled",
                    signal);
}

/* A signal that is ignored goes by, unless it is blocked: it may not be ignored
 * any more when it comes through. One that kills does so at once. */
static void send_to_process(int signal)
{
    bool blocked = is_blocked_everywhere(signal);

    check_queue(signal);
    if (!blocked && has_default(signal))
        do_default(signal);
    if (!is_ignored(signal) || blocked)
        pending |= bit(signal);
}

static void send_to_thread(struct thread *thread, int signal)
{
    bool blocked = (thread->mask & bit(signal)) != 0;

    check_queue(signal);
    if (thread->state == THREAD_ENDED)
        return;
    if (!blocked && has_default(signal))
        do_default(signal);
    if (!is_ignored(signal) || blocked)
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

/* --- Taking --- */

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

/* Sent to the thread, or else to the process? */
static bool take(struct thread *thread, int signal)
{
    bool own = (thread->pending & bit(signal)) != 0;

    if (own)
        thread->pending &= ~bit(signal);
    else
        pending &= ~bit(signal);
    return own;
}

static siginfo_t info_of(int signal, bool own)
{
    siginfo_t info;

    memset(&info, 0, sizeof info);
    info.si_signo = signal;
    info.si_code = own ? SI_TKILL : SI_USER;
    info.si_pid = getpid();
    info.si_uid = getuid();
    return info;
}

static void call_action(const struct sigaction *action, siginfo_t *info)
{
    ucontext_t context;

    memset(&context, 0, sizeof context);
    if ((action->sa_flags & SA_SIGINFO) != 0)
        action->sa_sigaction(info->si_signo, info, &context);
    else
        action->sa_handler(info->si_signo);
}

/* What the thread waited for, it goes on waiting for; but its condition may
 * have been signalled while the handler ran. */
static void resume(struct thread *thread, const struct thread *before)
{
    thread->op = before->op;
    thread->object = before->object;
    thread->pc = before->pc;
    thread->can = before->can;
    thread->deadline = before->deadline;
    thread->target = before->target;
    thread->spurious = before->spurious;
    thread->wanted = before->wanted;
    thread->interruptible = before->interruptible;
    thread->restarts = before->restarts;
    thread->awaited = before->awaited;
    thread->awaits = before->awaits;
    if (thread->woken && !before->woken) {
        thread->spurious = false;
        cond_await_lock(thread);
    }
}

static void call_handler(struct thread *thread, int signal, bool own)
{
    const struct thread before = *thread;
    struct sigaction action = actions[signal];
    siginfo_t info = info_of(signal, own);

    thread->mask |= bits_of(&action.sa_mask);
    if ((action.sa_flags & SA_NODEFER) == 0)
        thread->mask |= bit(signal);
    if ((action.sa_flags & (int)SA_RESETHAND) != 0)
        actions[signal].sa_handler = SIG_DFL;
    actions_changed = true;
    thread->interruptible = false;
    thread->restarts = false;
    thread->spurious = false;
    thread->wanted = 0;
    thread->handlers++;
    model_event(OP_HANDLER, all_signals(), thread->pc, NOTE_NONE);
    call_action(&action, &info);
    thread->handlers--;
    thread->mask = before.mask;
    resume(thread, &before);
}

/* True: a handler ran, and ends what the thread waits for. */
static bool handle(struct thread *thread, int signal)
{
    bool own = take(thread, signal);

    if (is_ignored(signal))
        return false;
    if (has_default(signal))
        do_default(signal);
    bool restarts =
        thread->restarts && (actions[signal].sa_flags & SA_RESTART) != 0;
    call_handler(thread, signal, own);
    return !restarts;
}

/* Run what has come for this thread. True: what it waits for has an end, if a
 * handler can end it at all. */
bool signals_run_handlers(struct thread *thread)
{
    bool ended = false;
    uint64_t bits;

    while ((bits = deliverable(thread)) != 0)
        ended = handle(thread, lowest(bits)) || ended;
    return ended;
}

/* --- The calls --- */

static int set_action(int signal, const struct sigaction *action,
                      struct sigaction *old, const void *pc)
{
    if (!is_signal(signal) ||
        (action != NULL && (signal == SIGKILL || signal == SIGSTOP)))
        return call_result(EINVAL);
    model_point(OP_SIGNAL_MASK, all_signals(), pc);
    if (old != NULL)
        *old = actions[signal];
    if (action == NULL)
        return 0;
    actions[signal] = *action;
    actions_changed = true;
    if (is_ignored(signal))
        drop(signal);
    return 0;
}

int __wrap_sigaction(int signal, const struct sigaction *action,
                     struct sigaction *old)
{
    if (model_is_on())
        return set_action(signal, action, old, CALLER);
    int result = __real_sigaction(signal, action, old);
    if (result == 0 && action != NULL)
        first_actions[signal] = *action;
    actions_changed = true;
    return result;
}

sighandler_t __wrap_signal(int signal, sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct sigaction old;

    if (model_is_on())
        return set_action(signal, &action, &old, CALLER) == 0 ? old.sa_handler
                                                              : SIG_ERR;
    sighandler_t before = __real_signal(signal, handler);
    if (before != SIG_ERR)
        first_actions[signal] = action;
    actions_changed = true;
    return before;
}

/* False: there is no such way to change a mask. */
static bool change(uint64_t *mask, int how, uint64_t bits)
{
    switch (how) {
    case SIG_BLOCK:
        *mask |= bits;
        return true;
    case SIG_UNBLOCK:
        *mask &= ~bits;
        return true;
    case SIG_SETMASK:
        *mask = bits;
        return true;
    default:
        return false;
    }
}

static int change_mask(int how, const sigset_t *set, sigset_t *old,
                       const void *pc)
{
    struct thread *self = model_self;
    uint64_t mask;

    model_point(OP_SIGNAL_MASK, all_signals(), pc);
    mask = self->mask;
    if (set != NULL && !change(&mask, how, bits_of(set)))
        return EINVAL;
    if (old != NULL)
        set_of(self->mask, old);
    self->mask = mask;
    (void)signals_run_handlers(self); /* one at least before the call returns */
    return 0;
}

/* Outside of a schedule: what the first thread will begin with. */
static void note_mask(int result, int how, const sigset_t *set)
{
    if (result == 0 && set != NULL)
        (void)change(&first_mask, how, bits_of(set));
}

int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    if (model_is_on())
        return change_mask(how, set, old, CALLER);
    int error = __real_pthread_sigmask(how, set, old);
    note_mask(error, how, set);
    return error;
}

int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    if (model_is_on())
        return call_result(change_mask(how, set, old, CALLER));
    int result = __real_sigprocmask(how, set, old);
    note_mask(result, how, set);
    return result;
}

int __wrap_sigpending(sigset_t *set)
{
    if (!model_is_on())
        return __real_sigpending(set);
    model_point(OP_SIGNAL_MASK, all_signals(), CALLER);
    set_of((pending | model_self->pending) & model_self->mask, set);
    return 0;
}

static bool has_handlers(void)
{
    for (int signal = 1; signal < SIGNALS; signal++)
        if (actions[signal].sa_handler != SIG_DFL &&
            actions[signal].sa_handler != SIG_IGN)
            return true;
    return false;
}

bool signals_wait(enum model_op op, struct object *object, const void *pc,
                  bool (*can)(const struct thread *), int64_t deadline,
                  bool restarts)
{
    struct thread *self = model_self;

    self->interruptible = true;
    self->restarts = restarts;
    bool came = model_park(op, object, pc, can, deadline);
    self->interruptible = false;
    self->restarts = false;
    return came;
}

/* A handler may run after the caller's last look and before the wait begins:
 * that one does not end it. */
bool signals_park(enum model_op op, struct object *object, const void *pc,
                  bool (*can)(const struct thread *), int64_t deadline,
                  bool restarts)
{
    if (has_handlers())
        model_point(op, object, pc);
    return signals_wait(op, object, pc, can, deadline, restarts);
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
    bool came = signals_park(OP_SIGNAL_WAIT, all_signals(), pc, has_wanted,
                             deadline, false);
    uint64_t there = (self->pending | pending) & self->wanted;
    self->wanted = 0;
    if (!came) {
        model_event(OP_SIGNAL_WAIT, all_signals(), pc,
                    self->interrupted ? NOTE_FAILED : NOTE_TIMED_OUT);
        return self->interrupted ? -EINTR : -EAGAIN;
    }
    int signal = lowest(there);
    bool own = take(self, signal);
    model_event(OP_SIGNAL_WAIT, all_signals(), pc, NOTE_NONE);
    if (info != NULL)
        *info = info_of(signal, own);
    return signal;
}

static int result_of(int signal)
{
    return signal > 0 ? signal : call_result(-signal);
}

int __wrap_sigtimedwait(const sigset_t *set, siginfo_t *info,
                        const struct timespec *timeout)
{
    if (!model_is_on())
        return __real_sigtimedwait(set, info, timeout);
    if (timeout != NULL &&
        (timeout->tv_sec < 0 || !call_time_is_valid(timeout)))
        return call_result(EINVAL);
    int64_t deadline =
        timeout == NULL ? MODEL_NEVER : clock_moment_after(timeout);
    return result_of(wait_for(set, info, deadline, CALLER));
}

int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    if (!model_is_on())
        return __real_sigwaitinfo(set, info);
    return result_of(wait_for(set, info, MODEL_NEVER, CALLER));
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

int __wrap_pause(void)
{
    if (!model_is_on())
        return __real_pause();
    (void)signals_park(OP_SIGNAL_WAIT, all_signals(), CALLER, call_never,
                       MODEL_NEVER, false);
    return call_result(EINTR);
}

/* It lets signals in and waits in one step: here there is no moment between. */
int __wrap_sigsuspend(const sigset_t *set)
{
    if (!model_is_on())
        return __real_sigsuspend(set);
    struct thread *self = model_self;
    uint64_t mask = self->mask;

    self->mask = bits_of(set);
    (void)signals_wait(OP_SIGNAL_WAIT, all_signals(), CALLER, call_never,
                       MODEL_NEVER, false);
    self->mask = mask;
    (void)signals_run_handlers(self);
    return call_result(EINTR);
}

void signals_raise(int signal)
{
    send_to_thread(model_self, signal);
    (void)signals_run_handlers(model_self);
}

int __wrap_raise(int signal)
{
    if (!model_is_on())
        return __real_raise(signal);
    if (!is_signal(signal))
        return call_result(EINVAL);
    model_point(OP_SIGNAL_SEND, all_signals(), CALLER);
    model_event(OP_SIGNAL_SEND, all_signals(), CALLER, NOTE_NONE);
    signals_raise(signal);
    return 0;
}

static bool another_may_take(int signal)
{
    for (unsigned i = 0; i < model.count; i++)
        if (model.threads[i] != model_self &&
            model.threads[i]->state != THREAD_ENDED &&
            (model.threads[i]->mask & bit(signal)) == 0)
            return true;
    return false;
}

/* If no other thread can take it, the caller has when the call returns. */
int __wrap_kill(pid_t process, int signal)
{
    if (!model_is_on())
        return __real_kill(process, signal);
    const void *pc = CALLER;

    if (process != getpid())
        verdict_end(EXPLORE_UNMODELLED,
                    "kill() of another process is not "
                    "modelled (at " VERDICT_LINE ")",
                    pc);
    if (signal == 0)
        return 0;
    if (!is_signal(signal))
        return call_result(EINVAL);
    model_point(OP_SIGNAL_SEND, all_signals(), pc);
    model_event(OP_SIGNAL_SEND, all_signals(), pc, NOTE_NONE);
    send_to_process(signal);
    if (another_may_take(signal))
        model_point(OP_SIGNAL_SEND, all_signals(), pc);
    (void)signals_run_handlers(model_self);
    return 0;
}

/* A thread that has ended, but was not joined, is sent to in vain. */
int __wrap_pthread_kill(pthread_t real, int signal)
{
    if (!model_is_on())
        return __real_pthread_kill(real, signal);
    const void *pc = CALLER;
    struct thread *thread = threads_find(real);

    if (thread == NULL || thread->joined ||
        (thread->detached && thread->state == THREAD_ENDED))
        verdict_misuse(pc, "pthread_kill() of a thread that is no more");
    if (signal == 0)
        return 0;
    if (!is_signal(signal))
        return EINVAL;
    model_point(OP_SIGNAL_SEND, all_signals(), pc);
    model_event(OP_SIGNAL_SEND, all_signals(), pc, NOTE_NONE);
    send_to_thread(thread, signal);
    (void)signals_run_handlers(model_self);
    return 0;
}
