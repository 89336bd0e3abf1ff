/* Mutexes. The model decides when one is free; only then is the real function
 * called, which therefore never blocks, and tells ThreadSanitizer. */
#include <errno.h>

#include "model.h"
#include "mutex.h"
#include "wrap.h"

WRAP(int, pthread_mutex_init,
     (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes));
WRAP(int, pthread_mutex_destroy, (pthread_mutex_t * mutex));
WRAP(int, pthread_mutex_lock, (pthread_mutex_t * mutex));
WRAP(int, pthread_mutex_trylock, (pthread_mutex_t * mutex));
WRAP(int, pthread_mutex_timedlock,
     (pthread_mutex_t * mutex, const struct timespec *when));
WRAP(int, pthread_mutex_unlock, (pthread_mutex_t * mutex));

enum { KIND_BITS = 3, DESTROYED_KIND = -1 };

bool mutex_is_free(const struct thread *thread)
{
    const struct object *mutex = thread->object;

    return mutex->holder == NULL ||
           (mutex->holder == thread && mutex->type == PTHREAD_MUTEX_RECURSIVE);
}

/* The C library keeps the type in the mutex, and says there too that it was
 * destroyed: so a new one in the same place is known for what it is. */
struct object *mutex_find(pthread_mutex_t *mutex, const void *pc,
                          const char *call)
{
    struct object *object = object_find(mutex, OBJECT_MUTEX);
    int kind = mutex->__data.__kind;

    if (kind == DESTROYED_KIND)
        verdict_misuse(pc, "%s() of a mutex that was destroyed", call);
    if (object->holder == NULL)
        object->type = kind & KIND_BITS;
    return object;
}

void mutex_take(pthread_mutex_t *mutex, struct object *object, const void *pc)
{
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
    verdict_misuse(pc, "%s is unlocked by thread %u, but thread %u holds it, "
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
    object_forget(mutex, 1);
    return __real_pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    if (!model_is_on())
        return __real_pthread_mutex_destroy(mutex);
    const void *pc = CALLER;
    const struct object *object =
        mutex_find(mutex, pc, "pthread_mutex_destroy");

    if (object->holder != NULL)
        verdict_misuse(pc, "%s is destroyed while thread %u holds it, locked at "
                           VERDICT_LINE, verdict_object(object),
                       object->holder->number, object->held_since);
    object_forget(mutex, 1);
    return __real_pthread_mutex_destroy(mutex);
}

/* The caller has the lock and wants it again. 0: go on, and wait for ever. */
static int relock(const struct object *object, const void *pc)
{
    if (object->holder != model_self ||
        object->type == PTHREAD_MUTEX_RECURSIVE)
        return 0;
    if (object->type == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    verdict_misuse(pc, "thread %u locks %s again, which it has held since "
                       VERDICT_LINE, model_self->number, verdict_object(object),
                   object->held_since);
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

    object->trying++;
    model_point(OP_TRYLOCK, object, pc);
    object->trying--;
    if (object->holder != NULL &&
        !(object->holder == model_self &&
          object->type == PTHREAD_MUTEX_RECURSIVE)) {
        model_event(OP_TRYLOCK, object, pc, NOTE_FAILED);
        return EBUSY;
    }
    mutex_take(mutex, object, pc);
    model_event(OP_TRYLOCK, object, pc, NOTE_NONE);
    return 0;
}

int mutex_timedlock(pthread_mutex_t *mutex, int64_t deadline, const void *pc)
{
    struct object *object = mutex_find(mutex, pc, "pthread_mutex_timedlock");

    if (object->holder == model_self &&
        object->type == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    if (!model_park(OP_LOCK, object, pc, mutex_is_free, deadline)) {
        model_event(OP_LOCK, object, pc, NOTE_TIMED_OUT);
        return ETIMEDOUT;
    }
    mutex_take(mutex, object, pc);
    model_event(OP_LOCK, object, pc, NOTE_NONE);
    return 0;
}

/* A thread that stands at a trylock may find the lock taken or free: only then
 * is it a point to give it up. Else whatever another thread does here it may as
 * well do at this thread's next point. */
int mutex_unlock(pthread_mutex_t *mutex, const void *pc)
{
    struct object *object = mutex_find(mutex, pc, "pthread_mutex_unlock");
    int error = mutex_check_unlock(object, pc);

    if (error != 0)
        return error;
    if (object->trying > 0)
        model_point(OP_UNLOCK, object, pc);
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
    return mutex_timedlock(mutex, clock_absolute(CLOCK_REALTIME, when), CALLER);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    return model_is_on() ? mutex_unlock(mutex, CALLER)
                         : __real_pthread_mutex_unlock(mutex);
}
