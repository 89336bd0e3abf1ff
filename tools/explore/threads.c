/* Threads of the program. Who plays one is kept from schedule to schedule;
 * ThreadSanitizer is told the edges that a real create and a real join would
 * give. */
#include <errno.h>
#include <setjmp.h>
#include <string.h>

#include "model.h"
#include "wrap.h"

WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes,
      void *(*run)(void *), void *arg));
WRAP(pthread_t, pthread_self, (void));
WRAP(int, pthread_getattr_np, (pthread_t thread, pthread_attr_t *attributes));
WRAP(int, pthread_getschedparam,
     (pthread_t thread, int *policy, struct sched_param *parameters));
WRAP(int, pthread_getaffinity_np,
     (pthread_t thread, size_t size, cpu_set_t *set));
WRAP(int, pthread_getname_np, (pthread_t thread, char *name, size_t size));
WRAP(int, pthread_join, (pthread_t thread, void **result));
WRAP(int, pthread_detach, (pthread_t thread));
WRAP(_Noreturn void, pthread_exit, (void *result));
WRAP(int, sched_yield, (void));
WRAP(int, pthread_setname_np, (pthread_t thread, const char *name));

static struct thread threads[MODEL_THREADS]; /* kept; guarded by the token */

/* The end of a thread's part, also when it calls pthread_exit(). */
static void end_part(void *arg)
{
    struct thread *thread = arg;

    threads_run_destructors(thread);
    if (thread->number == 0)
        verdict_scenario_has_ended();
    tsan_release_to(&thread->end_edge);
    model_finish(thread);
}

_Noreturn void threads_play(struct thread *thread)
{
    jmp_buf leave;

    for (;;) {
        thread->base = __builtin_frame_address(0);
        thread->leave = &leave;
        errno = 0;
        state_restore_thread_local();
        tsan_acquire_from(&thread->edge);
        if (_setjmp(leave) == 0)
            thread->result = thread->run(thread->arg);
        end_part(thread);
    }
}

/* Put a thread back to how it was; who plays it stays. */
static void reset(struct thread *thread, unsigned number)
{
    struct fiber fiber = thread->fiber;
    pthread_t real = thread->real;
    int tid = thread->tid;

    memset(thread, 0, sizeof *thread);
    thread->number = number;
    thread->fiber = fiber;
    thread->tid = tid;
    thread->real = real;
    thread->deadline = MODEL_NEVER;
}

/* What the program knows a thread by. The C library gives a new thread the
 * identity of one that was joined, mostly of the one that was joined last, and
 * so do we: code that keeps a pthread_t for too long is found by that. */
static pthread_t choose_identity(void)
{
    static const char identities[MODEL_THREADS];
    struct thread *latest = NULL;

    for (unsigned i = 0; i < model.count; i++) {
        struct thread *old = model.threads[i];
        if (old->joined != 0 && !old->inherited &&
            (latest == NULL || old->joined > latest->joined))
            latest = old;
    }
    if (latest == NULL)
        return (pthread_t)(uintptr_t)&identities[model.count];
    latest->inherited = true;
    return latest->identity;
}

/* The next thread of this schedule, parked; NULL: there are too many. */
struct thread *threads_prepare(void)
{
    if (model.count == MODEL_THREADS)
        return NULL;
    struct thread *thread = &threads[model.count];

    reset(thread, model.count);
    if (!turn_find_player(thread))
        return NULL;
    thread->identity = choose_identity();
    thread->state = THREAD_PARKED;
    thread->op = OP_START;
    thread->stamp = ++model.stamp;
    model.threads[model.count++] = thread;
    model.parked++;
    return thread;
}

/* The latest of that identity. */
struct thread *threads_find(pthread_t identity)
{
    for (unsigned i = model.count; i-- > 0;)
        if (pthread_equal(model.threads[i]->identity, identity))
            return model.threads[i];
    return NULL;
}

pthread_t __wrap_pthread_self(void)
{
    return model_is_on() ? model_self->identity : __real_pthread_self();
}

/* The kernel's thread: for what is not modelled and does no harm. */
static pthread_t real_of(pthread_t identity)
{
    const struct thread *thread = model_is_on() ? threads_find(identity) : NULL;

    if (thread == NULL)
        return identity;
    return model.on_fibers ? __real_pthread_self() : thread->real;
}

int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)
{
    const struct thread *known = model_is_on() ? threads_find(thread) : NULL;
    int error = __real_pthread_getattr_np(real_of(thread), attributes);

    if (error == 0 && known != NULL && model.on_fibers)
        error = pthread_attr_setstack(attributes, known->fiber.stack,
                                      known->fiber.size);
    return error;
}

int __wrap_pthread_getschedparam(pthread_t thread, int *policy,
                                 struct sched_param *parameters)
{
    return __real_pthread_getschedparam(real_of(thread), policy, parameters);
}

int __wrap_pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set)
{
    return __real_pthread_getaffinity_np(real_of(thread), size, set);
}

int __wrap_pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    return __real_pthread_getname_np(real_of(thread), name, size);
}

static bool is_detached(const pthread_attr_t *attributes)
{
    int state = PTHREAD_CREATE_JOINABLE;

    if (attributes != NULL)
        (void)pthread_attr_getdetachstate(attributes, &state);
    return state == PTHREAD_CREATE_DETACHED;
}

static bool is_to_fail(bool own)
{
    if (own)
        return false;
    model.creates++;
    if (model.fail_create > 0 && --model.fail_create == 0)
        return true;
    if ((model.options.faults & EXPLORE_THREADS) == 0 || model.faults_left == 0)
        return false;
    if (model_choose(CHOICE_CREATE, 2) == 0)
        return false;
    model.faults_left--;
    return true;
}

/* A loop that starts threads and never comes to its end would otherwise use up
 * the machine, and what it is would not be told. */
static void refuse_endless_threads(const void *pc)
{
    unsigned n = 0;

    for (unsigned i = 1; i < model.count; i++)
        n += model.threads[i]->state != THREAD_ENDED;
    if (n >= MODEL_AT_ONCE || model.count == MODEL_THREADS)
        verdict_end(EXPLORE_LIVELOCK,
                    "threads are started without end: %u until now, %u of them "
                    "have not ended, and the next is started at " VERDICT_LINE,
                    model.count - 1, n, pc);
}

int threads_create(pthread_t *out, bool detached, bool own, const void *pc,
                   void *(*run)(void *), void *arg)
{
    struct thread *self = model_self;

    if (is_to_fail(own)) {
        model_event(OP_CREATE, NULL, pc, NOTE_FAILED);
        return EAGAIN;
    }
    refuse_endless_threads(pc);
    struct thread *thread = threads_prepare();
    if (thread == NULL)
        verdict_end(EXPLORE_ENVIRONMENT, "no more threads can be started");
    thread->run = run;
    thread->arg = arg;
    thread->created_at = pc;
    thread->creator = self;
    thread->own = own;
    thread->detached = detached;
    thread->mask = self->mask;
    thread->pc = pc;
    tsan_release_to(&thread->edge);
    *out = thread->identity;
    model_event(OP_CREATE, NULL, pc, NOTE_NONE);
    model_event_about(thread);
    model_point(OP_CREATE, NULL, pc);
    return 0;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg)
{
    if (!model_is_on())
        return __real_pthread_create(thread, attributes, run, arg);
    return threads_create(thread, is_detached(attributes), false, CALLER, run,
                          arg);
}

int explore_create(pthread_t *thread, void *(*run)(void *), void *arg)
{
    if (!model_is_on())
        return __real_pthread_create(thread, NULL, run, arg);
    return threads_create(thread, false, true, CALLER, run, arg);
}

static bool target_has_ended(const struct thread *thread)
{
    return thread->target->state == THREAD_ENDED;
}

int threads_join(pthread_t real, void **result, const void *pc)
{
    struct thread *self = model_self;
    struct thread *target = threads_find(real);

    if (target == NULL || target->joined)
        verdict_misuse(pc, "pthread_join() of a thread that was joined before, "
                           "or never was");
    if (target->detached)
        verdict_misuse(pc, "pthread_join() of a thread that is detached");
    if (target == self)
        return EDEADLK;
    self->target = target;
    (void)model_park(OP_JOIN, NULL, pc, target_has_ended, MODEL_NEVER);
    if (target->joined)
        verdict_misuse(pc, "two threads join thread %u", target->number);
    target->joined = model.stamp + 1;
    tsan_acquire_from(&target->end_edge);
    model_event(OP_JOIN, NULL, pc, NOTE_NONE);
    model_event_about(target);
    if (result != NULL)
        *result = target->result;
    return 0;
}

int __wrap_pthread_join(pthread_t real, void **result)
{
    return model_is_on() ? threads_join(real, result, CALLER)
                         : __real_pthread_join(real, result);
}

int threads_detach(pthread_t real, const void *pc)
{
    struct thread *target = threads_find(real);

    if (target == NULL || target->joined || target->detached)
        verdict_misuse(pc, "pthread_detach() of a thread that was joined or "
                           "detached before");
    target->detached = true;
    model_event(OP_DETACH, NULL, pc, NOTE_NONE);
    return 0;
}

int __wrap_pthread_detach(pthread_t real)
{
    return model_is_on() ? threads_detach(real, CALLER)
                         : __real_pthread_detach(real);
}

_Noreturn void threads_exit(void *result)
{
    struct thread *self = model_self;

    self->result = result;
    cleanup_run(self);
    longjmp(*(jmp_buf *)self->leave, 1);
}

void __wrap_pthread_exit(void *result)
{
    if (model_is_on())
        threads_exit(result);
    __real_pthread_exit(result);
}

void threads_yield(const void *pc)
{
    strategy_yield(model_self);
    model_point(OP_YIELD, NULL, pc);
}

int __wrap_sched_yield(void)
{
    if (!model_is_on())
        return __real_sched_yield();
    threads_yield(CALLER);
    return 0;
}

/* The kernel threads are shared by schedules, so names would be left over. */
int __wrap_pthread_setname_np(pthread_t thread, const char *name)
{
    if (!model_is_on())
        return __real_pthread_setname_np(thread, name);
    return strlen(name) < 16 ? 0 : ERANGE;
}

bool explore_until_blocked(pthread_t real)
{
    struct thread *target = threads_find(real);

    if (!model_is_on() || target == NULL)
        return false;
    model_self->target = target;
    /* The scheduler knows: this thread comes when no other can run. */
    model_point(OP_UNTIL_BLOCKED, NULL, CALLER);
    return target->state != THREAD_ENDED;
}

unsigned long explore_thread_creates(void)
{
    search_counted();
    return model.creates;
}

unsigned explore_live_threads(void)
{
    unsigned n = 0;

    search_counted();
    for (unsigned i = 1; i < model.count; i++)
        n += !model.threads[i]->own && model.threads[i]->state != THREAD_ENDED;
    return n;
}

void explore_fail_thread_create(unsigned nth)
{
    search_counted();
    model.fail_create = nth;
}
