/* Mutexes. The model decides when one is free; only then is the real function
 * called, which therefore never blocks, and tells ThreadSanitizer. */
#include "mutex.h"
#include "calls.h"
#include "wrap.h"

WRAP(int, pthread_mutex_init,
     (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes));
WRAP(int, pthread_mutex_destroy, (pthread_mutex_t * mutex));
WRAP(int, pthread_mutex_lock, (pthread_mutex_t * mutex));
WRAP(int, pthread_mutex_trylock, (pthread_mutex_t * mutex));
WRAP(int, pthread_mutex_timedlock,
     (pthread_mutex_t * mutex, const struct timespec *when));
WRAP(int, pthread_mutex_clocklock,
     (pthread_mutex_t * mutex, clockid_t clock, const struct timespec *when));
WRAP(int, pthread_mutex_unlock, (pthread_mutex_t * mutex));

/* What glibc keeps in a mutex: its type, whether it may be elided, other sorts.
 */
enum {
    TYPE = 3,
    ELISION = 0x300,
    ROBUST = 0x10,
    PRIORITY = 0x60,
    SHARED = 0x80,
    DESTROYED = -1
};

bool mutex_is_free(const struct thread *thread)
{
    const struct object *mutex = thread->object;

    return mutex->holder == NULL ||
           (mutex->holder == thread && mutex->type == PTHREAD_MUTEX_RECURSIVE);
}

static void check_kind(int kind, const void *pc, const char *call)
{
    if (kind == DESTROYED)
        verdict_misuse(pc, "%s() of a mutex that was destroyed", call);
    if ((kind & ~(TYPE | ELISION | ROBUST | PRIORITY | SHARED)) != 0)
        verdict_misuse(pc, "%s() of a mutex that was never initialised", call);
    if ((kind & (ROBUST | PRIORITY)) != 0)
        verdict_end(EXPLORE_UNMODELLED,
                    "%s() of a robust mutex, or of one with "
                    "priorities, is not modelled (at " VERDICT_LINE ")",
                    call, pc);
}

/* The C library keeps the type in the mutex, and says there too that it was
 * destroyed: so a new one in the same place is known for what it is. */
struct object *mutex_find(pthread_mutex_t *mutex, const void *pc,
                          const char *call)
{
    int kind = mutex->__data.__kind;

    check_kind(kind, pc, call);
    struct object *object = object_find(mutex, OBJECT_MUTEX);
    if (object->holder == NULL)
        object->type = kind & TYPE;
    return object;
}

void mutex_take(pthread_mutex_t *mutex, struct object *object, const void *pc)
{
    if (object->kind != OBJECT_MUTEX)
        verdict_misuse(pc,
                       "a mutex is destroyed, or its memory is freed, while "
                       "thread %u is about to lock it",
                       model_self->number);
    object->holder = model_self;
    if (object->depth++ == 0)
        object->held_since = pc;
    if (__real_pthread_mutex_trylock(mutex) != 0)
        verdict_end(EXPLORE_UNMODELLED,
                    "a mutex is held that the explorer did not lock");
}

/* Before unlocking: what the caller must not do. 0: it may. */
int mutex_check_unlock(const struct object *object, const void *pc)
{
    if (object->holder == model_self)
        return 0;
    if (object->type == PTHREAD_MUTEX_ERRORCHECK)
        return EPERM;
    if (object->holder == NULL)
        verdict_misuse(pc, "%s is unlocked, but nobody holds it",
                       verdict_object(object));
    verdict_misuse(pc,
                   "%s is unlocked by thread %u, but thread %u holds it, "
                   "locked at " VERDICT_LINE,
                   verdict_object(object), model_self->number,
                   object->holder->number, object->held_since);
}

void mutex_give_up(pthread_mutex_t *mutex, struct object *object)
{
    if (--object->depth == 0)
        object->holder = NULL;
    (void)__real_pthread_mutex_unlock(mutex);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex,
                              const pthread_mutexattr_t *attributes)
{
    if (!model_is_on())
        return __real_pthread_mutex_init(mutex, attributes);
    const struct object *old = object_known(mutex);

    if (old != NULL && old->kind == OBJECT_MUTEX && old->holder != NULL)
        verdict_misuse(CALLER, "%s is initialised while thread %u holds it",
                       verdict_object(old), old->holder->number);
    if (inits_fail(CALLER))
        return ENOMEM;
    object_forget(mutex, 1);
    inits_note(mutex, "a mutex", CALLER);
    return __real_pthread_mutex_init(mutex, attributes);
}

int mutex_destroy(pthread_mutex_t *mutex, const void *pc)
{
    const struct object *object =
        mutex_find(mutex, pc, "pthread_mutex_destroy");

    if (object->holder != NULL)
        verdict_misuse(
            pc,
            "%s is destroyed while thread %u holds it, locked at " VERDICT_LINE,
            verdict_object(object), object->holder->number, object->held_since);
    object_forget(mutex, 1);
    inits_forget(mutex);
    return __real_pthread_mutex_destroy(mutex);
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return model_is_on() ? mutex_destroy(mutex, CALLER)
                         : __real_pthread_mutex_destroy(mutex);
}

/* The caller has the lock and wants it again. 0: go on, and wait for ever. */
static int relock(const struct object *object, const void *pc)
{
    if (object->holder != model_self || object->type == PTHREAD_MUTEX_RECURSIVE)
        return 0;
    if (object->type == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    verdict_misuse(
        pc, "thread %u locks %s again, which it has held since " VERDICT_LINE,
        model_self->number, verdict_object(object), object->held_since);
}

int mutex_lock(pthread_mutex_t *mutex, const void *pc)
{
    struct object *object = mutex_find(mutex, pc, "pthread_mutex_lock");
    int error = relock(object, pc);

    if (error != 0)
        return error;
    (void)model_park(OP_LOCK, object, pc, mutex_is_free, MODEL_NEVER);
    mutex_take(mutex, object, pc);
    model_event(OP_LOCK, object, pc, NOTE_NONE);
    return 0;
}

int mutex_trylock(pthread_mutex_t *mutex, const void *pc)
{
    struct object *object = mutex_find(mutex, pc, "pthread_mutex_trylock");

    call_try_point(OP_TRYLOCK, object, pc);
    if (object->holder != NULL && !(object->holder == model_self &&
                                    object->type == PTHREAD_MUTEX_RECURSIVE)) {
        model_event(OP_TRYLOCK, object, pc, NOTE_FAILED);
        return EBUSY;
    }
    mutex_take(mutex, object, pc);
    model_event(OP_TRYLOCK, object, pc, NOTE_NONE);
    return 0;
}

/* As in the C library, a time that makes no sense is found out only by a thread
 * that would have to wait. */
static int lock_now(pthread_mutex_t *mutex, const void *pc)
{
    int error = mutex_trylock(mutex, pc);

    return error == EBUSY ? EINVAL : error;
}

int mutex_timedlock(pthread_mutex_t *mutex, clockid_t clock,
                    const struct timespec *when, const void *pc)
{
    struct object *object = mutex_find(mutex, pc, "pthread_mutex_timedlock");

    if (object->holder == model_self &&
        object->type == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    if (!call_time_is_valid(when))
        return lock_now(mutex, pc);
    if (!model_park(OP_LOCK, object, pc, mutex_is_free,
                    clock_absolute(clock, when))) {
        model_event(OP_LOCK, object, pc, NOTE_TIMED_OUT);
        return ETIMEDOUT;
    }
    mutex_take(mutex, object, pc);
    model_event(OP_LOCK, object, pc, NOTE_NONE);
    return 0;
}

int mutex_unlock(pthread_mutex_t *mutex, const void *pc)
{
    struct object *object = mutex_find(mutex, pc, "pthread_mutex_unlock");
    int error = mutex_check_unlock(object, pc);

    if (error != 0)
        return error;
    call_point_if_tried(OP_UNLOCK, object, pc);
    mutex_give_up(mutex, object);
    model_event(OP_UNLOCK, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return model_is_on() ? mutex_lock(mutex, CALLER)
                         : __real_pthread_mutex_lock(mutex);
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    return model_is_on() ? mutex_trylock(mutex, CALLER)
                         : __real_pthread_mutex_trylock(mutex);
}

int __wrap_pthread_mutex_timedlock(pthread_mutex_t *mutex,
                                   const struct timespec *when)
{
    if (!model_is_on())
        return __real_pthread_mutex_timedlock(mutex, when);
    return mutex_timedlock(mutex, CLOCK_REALTIME, when, CALLER);
}

int __wrap_pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
                                   const struct timespec *when)
{
    if (!model_is_on())
        return __real_pthread_mutex_clocklock(mutex, clock, when);
    return call_clock_is_valid(clock)
               ? mutex_timedlock(mutex, clock, when, CALLER)
               : EINVAL;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    return model_is_on() ? mutex_unlock(mutex, CALLER)
                         : __real_pthread_mutex_unlock(mutex);
}
