/* Condition variables. The wait itself is modelled; the lock is really given up
 * and taken, so ThreadSanitizer sees what it would see of a real wait. */
#include "cond.h"
#include "calls.h"
#include "mutex.h"
#include "wrap.h"

WRAP(int, pthread_cond_init,
     (pthread_cond_t * cond, const pthread_condattr_t *attributes));
WRAP(int, pthread_cond_destroy, (pthread_cond_t * cond));
WRAP(int, pthread_cond_wait, (pthread_cond_t * cond, pthread_mutex_t *mutex));
WRAP(int, pthread_cond_timedwait,
     (pthread_cond_t * cond, pthread_mutex_t *mutex,
      const struct timespec *when));
WRAP(int, pthread_cond_clockwait,
     (pthread_cond_t * cond, pthread_mutex_t *mutex, clockid_t clock,
      const struct timespec *when));
WRAP(int, pthread_cond_signal, (pthread_cond_t * cond));
WRAP(int, pthread_cond_broadcast, (pthread_cond_t * cond));

enum { DESTROYED = 4, MONOTONIC = 2, SPURIOUS_MOST = 2 }; /* __wrefs of glibc */

static struct object *find(pthread_cond_t *cond, const void *pc,
                           const char *call)
{
    if ((cond->__data.__wrefs & DESTROYED) != 0)
        verdict_misuse(pc, "%s() of a condition that was destroyed", call);
    tsan_reads(cond, pc);
    return object_find(cond, OBJECT_COND);
}

int __wrap_pthread_cond_init(pthread_cond_t *cond,
                             const pthread_condattr_t *attributes)
{
    if (!model_is_on())
        return __real_pthread_cond_init(cond, attributes);
    const struct object *old = object_known(cond);

    if (old != NULL && old->kind == OBJECT_COND && old->first != NULL)
        verdict_misuse(CALLER,
                       "a condition is initialised while thread %u "
                       "waits for it",
                       old->first->number);
    if (inits_fail(CALLER))
        return ENOMEM;
    object_forget(cond, 1);
    inits_note(cond, "a condition", CALLER);
    return __real_pthread_cond_init(cond, attributes);
}

int cond_destroy(pthread_cond_t *cond, const void *pc)
{
    const struct object *object = find(cond, pc, "pthread_cond_destroy");

    if (object->first != NULL)
        verdict_misuse(
            pc, "%s is destroyed while thread %u waits for it at " VERDICT_LINE,
            verdict_object(object), object->first->number, object->first->pc);
    object_forget(cond, 1);
    inits_forget(cond);
    return __real_pthread_cond_destroy(cond);
}

int __wrap_pthread_cond_destroy(pthread_cond_t *cond)
{
    return model_is_on() ? cond_destroy(cond, CALLER)
                         : __real_pthread_cond_destroy(cond);
}

/* The C library keeps in the condition which clock it was made for. */
static clockid_t cond_clock(const pthread_cond_t *cond)
{
    return (cond->__data.__wrefs & MONOTONIC) != 0 ? CLOCK_MONOTONIC
                                                   : CLOCK_REALTIME;
}

static bool wakes_for_no_reason(struct thread *self)
{
    if ((model.options.faults & EXPLORE_SPURIOUS) == 0 ||
        self->spurious_count == SPURIOUS_MOST ||
        model_choose(CHOICE_SPURIOUS, 2) == 0)
        return false;
    self->spurious_count++;
    return true;
}

/* It was woken, or may wake for no reason as soon as its lock is free. */
static bool may_wake(const struct thread *thread)
{
    const struct object *lock = thread->lock;

    return thread->woken || lock->holder == NULL || lock->holder == thread;
}

/* The caller stands in the list of the condition, without the lock: also while
 * it may wake for no reason, so that a signal that comes before is not lost.
 * False: the deadline came first. Returns when the lock is free. */
static bool wait_for_signal(struct object *cond, struct object *mutex,
                            int64_t deadline, const void *pc)
{
    struct thread *self = model_self;

    self->woken = false;
    self->second = cond;
    self->spurious = wakes_for_no_reason(self);
    if (self->spurious || deadline <= model.now)
        model_event(OP_WAIT, cond, pc, NOTE_BLOCKS);
    object_append(cond, self);
    (void)model_park(OP_WAIT, cond, pc,
                     self->spurious ? may_wake : model_is_signalled, deadline);
    if (self->woken) /* whoever woke us had us wait for the lock */
        return true;
    (void)object_remove(cond, self);
    bool spurious = self->spurious && may_wake(self);
    self->spurious = false;
    if (spurious) {
        model_event(OP_WAIT, cond, pc, NOTE_SPURIOUS);
        return true;
    }
    model_event(OP_WAIT, cond, pc, NOTE_TIMED_OUT);
    (void)model_park(OP_RELOCK, mutex, pc, mutex_is_free, MODEL_NEVER);
    return false;
}

static void check_wait(const struct object *cond, const struct object *lock,
                       const void *pc)
{
    if (model_self->handlers > 0)
        verdict_misuse(pc, "pthread_cond_wait() in a signal handler");
    if (lock->holder != model_self)
        verdict_misuse(pc,
                       "pthread_cond_wait() with %s, which the caller does "
                       "not hold",
                       verdict_object(lock));
    if (cond->first != NULL && cond->first->lock != lock)
        verdict_misuse(pc, "a condition is used with two mutexes");
}

int cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t deadline,
              const void *pc)
{
    struct object *object = find(cond, pc, "pthread_cond_wait");
    struct object *lock = mutex_find(mutex, pc, "pthread_cond_wait");

    check_wait(object, lock, pc);
    const void *since = lock->held_since;
    unsigned depth = lock->depth;
    model_self->lock = lock;
    model_point(OP_WAIT, object, pc);
    if (object->kind != OBJECT_COND)
        verdict_misuse(pc,
                       "a condition is destroyed while thread %u is about to "
                       "wait for it",
                       model_self->number);
    mutex_give_up(mutex, lock);
    bool woken = wait_for_signal(object, lock, deadline, pc);
    mutex_take(mutex, lock, pc);
    lock->held_since = depth > 1 ? since : pc;
    model_event(OP_RELOCK, lock, pc, woken ? NOTE_NONE : NOTE_TIMED_OUT);
    return woken ? 0 : ETIMEDOUT;
}

int cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                   clockid_t clock, const struct timespec *when, const void *pc)
{
    if (!call_clock_is_valid(clock) || !call_time_is_valid(when))
        return EINVAL;
    return cond_wait(cond, mutex, clock_absolute(clock, when), pc);
}

int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    return model_is_on() ? cond_wait(cond, mutex, MODEL_NEVER, CALLER)
                         : __real_pthread_cond_wait(cond, mutex);
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *when)
{
    if (!model_is_on())
        return __real_pthread_cond_timedwait(cond, mutex, when);
    return cond_timedwait(cond, mutex, cond_clock(cond), when, CALLER);
}

int __wrap_pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  clockid_t clock, const struct timespec *when)
{
    if (!model_is_on())
        return __real_pthread_cond_clockwait(cond, mutex, clock, when);
    return cond_timedwait(cond, mutex, clock, when, CALLER);
}

void cond_await_lock(struct thread *thread)
{
    thread->op = OP_RELOCK;
    thread->object = thread->lock;
    thread->can = mutex_is_free;
    thread->deadline = MODEL_NEVER;
    thread->stamp = ++model.stamp;
}

/* The waiter goes on to wait for the lock that it came with; if it is in a
 * signal's handler just now, then after that. */
static void wake(struct object *cond, struct thread *thread)
{
    (void)object_remove(cond, thread);
    thread->woken = true;
    thread->spurious = false;
    if (thread->handlers == 0)
        cond_await_lock(thread);
}

static struct thread *choose_waiter(const struct object *cond)
{
    struct thread *thread = cond->first;

    if ((model.options.faults & EXPLORE_WAITER) == 0)
        return thread;
    unsigned nth = model_choose(CHOICE_WAITER, object_waiters(cond));
    while (nth-- > 0)
        thread = thread->next;
    return thread;
}

/* So that a deadlock can tell what became of the last signal. */
static void note_signal(struct object *cond, bool to_all, const void *pc)
{
    cond->signalled_at = pc;
    cond->signal_found = object_waiters(cond);
    cond->signal_woke =
        to_all || cond->signal_found == 0 ? cond->signal_found : 1;
}

int cond_signal(pthread_cond_t *cond, const void *pc)
{
    struct object *object = find(cond, pc, "pthread_cond_signal");

    model_point(OP_SIGNAL, object, pc);
    note_signal(object, false, pc);
    if (object->first == NULL) {
        model_event(OP_SIGNAL, object, pc, NOTE_LOST);
        return 0;
    }
    struct thread *thread = choose_waiter(object);
    wake(object, thread);
    model_event(OP_SIGNAL, object, pc, NOTE_NONE);
    model_event_about(thread);
    return 0;
}

int cond_broadcast(pthread_cond_t *cond, const void *pc)
{
    struct object *object = find(cond, pc, "pthread_cond_broadcast");

    model_point(OP_BROADCAST, object, pc);
    note_signal(object, true, pc);
    model_event(OP_BROADCAST, object, pc,
                object->first == NULL ? NOTE_LOST : NOTE_NONE);
    while (object->first != NULL)
        wake(object, object->first);
    return 0;
}

int __wrap_pthread_cond_signal(pthread_cond_t *cond)
{
    return model_is_on() ? cond_signal(cond, CALLER)
                         : __real_pthread_cond_signal(cond);
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *cond)
{
    return model_is_on() ? cond_broadcast(cond, CALLER)
                         : __real_pthread_cond_broadcast(cond);
}
