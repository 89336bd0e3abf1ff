/* How a schedule ends before its time: the sentence, and who waits for whom. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"
#include "rwlock.h"
#include "wrap.h"

WRAP(_Noreturn void, exit, (int status));
WRAP(_Noreturn void, _exit, (int status));
WRAP(_Noreturn void, _Exit, (int status));
WRAP(_Noreturn void, quick_exit, (int status));
WRAP(_Noreturn void, abort, (void));

static const char *const verdict_names[EXPLORE_VERDICTS] = {
    [EXPLORE_PASS] = "pass",
    [EXPLORE_TODO] = "todo",
    [EXPLORE_WRONG] = "wrong",
    [EXPLORE_RACE] = "race",
    [EXPLORE_DEADLOCK] = "deadlock",
    [EXPLORE_LIVELOCK] = "livelock",
    [EXPLORE_LEAK] = "leak",
    [EXPLORE_MISUSE] = "misuse",
    [EXPLORE_CRASH] = "crash",
    [EXPLORE_INCONCLUSIVE] = "inconclusive",
    [EXPLORE_UNMODELLED] = "unmodelled",
    [EXPLORE_DIVERGED] = "diverged",
    [EXPLORE_ENVIRONMENT] = "environment",
};

const char *explore_verdict_name(enum explore_verdict verdict)
{
    return (unsigned)verdict < EXPLORE_VERDICTS ? verdict_names[verdict] : "?";
}

/* --- The end --- */

__attribute__((noinline)) void explore_has_failed(void)
{
    __asm__ volatile("" ::: "memory"); /* so that the calls are not left out */
}

/* Written before anything else can go wrong: the parent reads it. */
static void conclude(enum explore_verdict verdict, const void *pc)
{
    struct outcome *outcome = &model.shared->outcome;

    outcome->verdict = verdict;
    outcome->hash = model.hash;
    outcome->steps = (unsigned)model.steps;
    outcome->over = true;
    if (pc == NULL && model_self != NULL)
        pc = model_self->pc;
    model_event(OP_VERDICT, NULL, pc, NOTE_NONE);
    explore_has_failed();
}

/* The process goes with all its threads where they stand: nothing of theirs is
 * unwound. Under a debugger they are left standing instead. */
_Noreturn void verdict_stop(void)
{
    if (model.options.here)
        turn_abandon();
    for (;;)
        (void)syscall(SYS_exit_group, 0);
}

void verdict_set(enum explore_verdict verdict, const void *pc, const char *text)
{
    (void)snprintf(model.shared->outcome.message, EXPLORE_TEXT, "%s", text);
    conclude(verdict, pc);
}

_Noreturn void verdict_end(enum explore_verdict verdict, const char *format,
                           ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(model.shared->outcome.message, EXPLORE_TEXT, format,
                    arguments);
    va_end(arguments);
    conclude(verdict, NULL);
    verdict_stop();
}

_Noreturn void verdict_misuse(const void *pc, const char *format, ...)
{
    char *message = model.shared->outcome.message;
    va_list arguments;

    va_start(arguments, format);
    int used = vsnprintf(message, EXPLORE_TEXT, format, arguments);
    va_end(arguments);
    if (used >= 0 && used < EXPLORE_TEXT)
        (void)snprintf(message + used, EXPLORE_TEXT - (size_t)used,
                       " (at " VERDICT_LINE ")", pc);
    conclude(EXPLORE_MISUSE, pc);
    verdict_stop();
}

_Noreturn void explore_end(enum explore_verdict verdict, const char *file,
                           int line, const char *text)
{
    if (!model_is_on()) {
        (void)fprintf(stderr, "%s:%d: %s\n", file == NULL ? "?" : file, line,
                      text);
        __real_abort();
    }
    struct outcome *outcome = &model.shared->outcome;
    char *message = outcome->message;

    if (file != NULL) {
        (void)snprintf(outcome->file, sizeof outcome->file, "%s", file);
        outcome->line = line;
        (void)snprintf(message, EXPLORE_TEXT, "%s", text);
    } else {
        (void)snprintf(message, EXPLORE_TEXT, "%s (at " VERDICT_LINE ")", text,
                       CALLER);
    }
    conclude(verdict, CALLER);
    verdict_stop();
}

#define ENDS(name, parameters, arguments)                                      \
    _Noreturn void __wrap_##name parameters                                    \
    {                                                                          \
        if (model_is_on())                                                     \
            verdict_end(EXPLORE_CRASH,                                         \
                        #name "() ends the whole process, at " VERDICT_LINE,   \
                        CALLER);                                               \
        __real_##name arguments;                                               \
    }
ENDS(exit, (int status), (status))
ENDS(_exit, (int status), (status))
ENDS(_Exit, (int status), (status))
ENDS(quick_exit, (int status), (status))
ENDS(abort, (void), ())

/* --- Who waits for whom --- */

static const char *const kinds[] = {
    [OBJECT_NONE] = "something",  [OBJECT_THREAD] = "thread",
    [OBJECT_MUTEX] = "mutex",     [OBJECT_COND] = "condition",
    [OBJECT_RWLOCK] = "rwlock",   [OBJECT_SEM] = "semaphore",
    [OBJECT_BARRIER] = "barrier", [OBJECT_ONCE] = "once",
    [OBJECT_PIPE] = "pipe",       [OBJECT_ATOMIC] = "atomic",
    [OBJECT_SIGNALS] = "signal",  [OBJECT_MEMORY] = "memory",
    [OBJECT_SPIN] = "spin lock",
};

/* Valid until the fourth call from now. Guarded by the token. */
const char *verdict_object(const struct object *object)
{
    enum { TURNS = 4, SIZE = 32 };
    static char texts[TURNS][SIZE];
    static unsigned turn;
    char *text = texts[turn++ % TURNS];

    (void)snprintf(text, SIZE, "%s %u", kinds[object->kind], object->number);
    return text;
}

/* A message that grows; what does not fit is left out. */
struct sentence {
    char *text;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct sentence *sentence,
                                                      const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(sentence->text + sentence->used,
                      EXPLORE_TEXT - sentence->used, format, arguments);
    va_end(arguments);
    if (n < 0)
        return;
    sentence->used += (size_t)n;
    if (sentence->used >= EXPLORE_TEXT) {
        sentence->used = EXPLORE_TEXT - 4;
        memcpy(sentence->text + sentence->used, "...", 4);
    }
}

/* The thread that has what this one wants, and since which line; NULL: none, or
 * no particular one. Of several readers it is one. */
static const struct thread *holder_of(const struct thread *thread,
                                      const void **since)
{
    switch (thread->op) {
    case OP_LOCK:
    case OP_RELOCK:
    case OP_READ_LOCK:
    case OP_ONCE:
        *since = thread->object->held_since;
        return thread->object->holder != NULL
                   ? thread->object->holder
                   : rwlock_reader(thread->object, since);
    default:
        return NULL;
    }
}

/* The thread that this one waits for; NULL: no particular one. */
static const struct thread *waits_for(const struct thread *thread)
{
    const void *since;

    switch (thread->op) {
    case OP_LOCK:
    case OP_RELOCK:
    case OP_READ_LOCK:
    case OP_ONCE:
        return holder_of(thread, &since);
    case OP_JOIN:
        return thread->target;
    default:
        return NULL;
    }
}

static bool waits_for_what_never_comes(const struct thread *thread)
{
    return thread->op == OP_WAIT && thread->object->signalled_at == NULL;
}

static void add_wait(struct sentence *to, const struct thread *thread)
{
    add(to, "thread %u ", thread->number);
    if (thread->op == OP_JOIN)
        add(to, "waits for the end of thread %u", thread->target->number);
    else if (thread->object != NULL)
        add(to, "waits for %s", verdict_object(thread->object));
    else
        add(to,
            thread->op == OP_POLL ? "waits in poll()" : "waits for a signal");
    if (waits_for_what_never_comes(thread))
        add(to, ", which was never signalled,");
    add(to, " at " VERDICT_LINE, thread->pc);
    const void *since;
    const struct thread *holder = holder_of(thread, &since);
    if (holder == NULL)
        return;
    add(to, ", which thread %u has held since " VERDICT_LINE, holder->number,
        since);
    if (holder->state == THREAD_ENDED)
        add(to, " and never gave up before it ended");
}

/* A thread that waits, by way of others, for itself; NULL: there is none. */
static const struct thread *find_cycle(void)
{
    for (unsigned i = 0; i < model.count; i++) {
        const struct thread *slow = model.threads[i];
        const struct thread *fast = slow;
        while (fast != NULL && fast->state == THREAD_PARKED) {
            slow = waits_for(slow);
            fast = waits_for(fast);
            if (fast == NULL || fast->state != THREAD_PARKED)
                break;
            fast = waits_for(fast);
            if (slow == fast && fast != NULL && fast->state == THREAD_PARKED)
                return slow;
        }
    }
    return NULL;
}

static void tell_cycle(struct sentence *to, const struct thread *first)
{
    const struct thread *thread = first;

    add(to, "deadlock, each waits for the next: ");
    do {
        if (thread != first)
            add(to, "; ");
        add_wait(to, thread);
        thread = waits_for(thread);
    } while (thread != first);
}

static bool is_missed(const struct object *cond)
{
    return cond->signalled_at != NULL &&
           (cond->signal_found == 0 || cond->signal_woke < cond->signal_found);
}

/* A condition that somebody waits for, and whose last signal found too few. If
 * another was never signalled at all, that says more; and what a thread waits
 * for on another's behalf is not the program's. */
static const struct object *find_missed(void)
{
    const struct object *found = NULL;

    for (unsigned i = 0; i < model.count; i++) {
        const struct thread *thread = model.threads[i];
        if (thread->state != THREAD_PARKED || thread->op != OP_WAIT ||
            thread->behalf != NULL)
            continue;
        if (waits_for_what_never_comes(thread))
            return NULL;
        if (found == NULL && is_missed(thread->object))
            found = thread->object;
    }
    return found;
}

static void tell_missed(struct sentence *to, const struct object *cond)
{
    if (cond->signal_found == 0)
        add(to,
            "lost wake-up: %s was last signalled at " VERDICT_LINE
            ", while nobody waited for it: ",
            verdict_object(cond), cond->signalled_at);
    else
        add(to,
            "too few are woken: %s was last signalled at " VERDICT_LINE
            ", for one of the %u that waited for it: ",
            verdict_object(cond), cond->signalled_at, cond->signal_found);
}

static void tell_all(struct sentence *to)
{
    enum { MOST = 4 };
    unsigned n = 0;

    for (unsigned i = 0; i < model.count; i++) {
        const struct thread *thread = model.threads[i];
        if (thread->state != THREAD_PARKED)
            continue;
        if (++n > MOST)
            continue;
        add(to, n == 1 ? "" : "; ");
        add_wait(to, thread);
    }
    if (n > MOST)
        add(to, "; and %u more", n - MOST);
}

_Noreturn void verdict_no_thread_can_run(void)
{
    struct sentence to = {model.shared->outcome.message, 0};
    const struct thread *cycle = find_cycle();
    const struct object *missed = cycle == NULL ? find_missed() : NULL;

    if (cycle != NULL) {
        tell_cycle(&to, cycle);
    } else if (missed != NULL) {
        tell_missed(&to, missed);
        tell_all(&to);
    } else {
        add(&to, "deadlock, no thread can ever run again: ");
        tell_all(&to);
    }
    conclude(EXPLORE_DEADLOCK, NULL);
    verdict_stop();
}

/* --- What is left at the end --- */

static void look_for_threads(void)
{
    for (unsigned i = 1; i < model.count; i++) {
        const struct thread *thread = model.threads[i];
        if (!thread->joined && !thread->detached)
            verdict_end(EXPLORE_LEAK,
                        "thread %u, created at " VERDICT_LINE ", is neither "
                        "joined nor detached",
                        thread->number, thread->created_at);
    }
}

static void look_for_locks(void)
{
    unsigned at = 0;
    const struct object *object;

    while ((object = object_each(&at)) != NULL)
        if (object->holder != NULL)
            verdict_end(EXPLORE_LEAK,
                        "%s, taken by thread %u at " VERDICT_LINE ", is still "
                        "held at the end",
                        verdict_object(object), object->holder->number,
                        object->held_since);
}

static void look_for_inits(void)
{
    const void *pc;
    const char *what;

    if (!model.options.keep_memory && inits_leaked(&pc, &what))
        verdict_end(EXPLORE_LEAK,
                    "%s, initialised at " VERDICT_LINE ", is never destroyed",
                    what, pc);
}

/* When the scenario has returned. */
void verdict_scenario_has_ended(void)
{
    if (!model.excused)
        look_for_threads();
}

/* When the last thread has ended. */
void verdict_look_for_leaks(void)
{
    const void *pc;
    size_t size;
    unsigned blocks;

    if (model.excused)
        return;
    look_for_locks();
    look_for_inits();
    if (model.options.keep_memory || !memory_leaked(&pc, &size, &blocks))
        return;
    verdict_end(EXPLORE_LEAK,
                "%u block%s of memory %s left over; the first, of %zu bytes, "
                "is from " VERDICT_LINE,
                blocks, blocks == 1 ? "" : "s", blocks == 1 ? "is" : "are",
                size, pc);
}
