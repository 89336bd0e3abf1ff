/* Spin locks: as mutexes, but that nobody sees how they are waited for. */
#include "calls.h"
#include "wrap.h"

WRAP(int, pthread_spin_init, (pthread_spinlock_t * lock, int shared));
WRAP(int, pthread_spin_destroy, (pthread_spinlock_t * lock));
WRAP(int, pthread_spin_lock, (pthread_spinlock_t * lock));
WRAP(int, pthread_spin_trylock, (pthread_spinlock_t * lock));
WRAP(int, pthread_spin_unlock, (pthread_spinlock_t * lock));

static struct object *find(pthread_spinlock_t *lock, const void *pc,
                           const char *call)
{
    const void *address = (const void *)(uintptr_t)lock;
    struct object *object = object_find(address, OBJECT_SPIN);

    if (object->destroyed)
        verdict_misuse(pc, "%s() of a spin lock that was destroyed", call);
    return object;
}

static bool is_free(const struct thread *thread)
{
    return thread->object->holder == NULL;
}

static void take(pthread_spinlock_t *lock, struct object *object,
                 const void *pc)
{
    if (object->kind != OBJECT_SPIN || object->destroyed)
        verdict_misuse(pc,
                       "a spin lock is destroyed, or its memory is freed, "
                       "while thread %u is about to lock it",
                       model_self->number);
    object->holder = model_self;
    object->held_since = pc;
    if (__real_pthread_spin_trylock(lock) != 0)
        verdict_end(EXPLORE_UNMODELLED, "a spin lock is held that the explorer "
                                        "did not lock");
}

static void check_unused(const struct object *object, const void *pc,
                         const char *what)
{
    if (object->holder != NULL)
        verdict_misuse(
            pc, "%s is %s while thread %u holds it, locked at " VERDICT_LINE,
            verdict_object(object), what, object->holder->number,
            object->held_since);
}

int __wrap_pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    if (!model_is_on())
        return __real_pthread_spin_init(lock, shared);
    const void *address = (const void *)(uintptr_t)lock;
    const struct object *old = object_known(address);

    if (old != NULL && old->kind == OBJECT_SPIN)
        check_unused(old, CALLER, "initialised");
    (void)object_new(address, OBJECT_SPIN);
    return __real_pthread_spin_init(lock, shared);
}

int __wrap_pthread_spin_destroy(pthread_spinlock_t *lock)
{
    if (!model_is_on())
        return __real_pthread_spin_destroy(lock);
    struct object *object = find(lock, CALLER, "pthread_spin_destroy");

    check_unused(object, CALLER, "destroyed");
    object->destroyed = true;
    return __real_pthread_spin_destroy(lock);
}

/* Its holder would wait for itself: glibc does so for ever. */
int __wrap_pthread_spin_lock(pthread_spinlock_t *lock)
{
    if (!model_is_on())
        return __real_pthread_spin_lock(lock);
    const void *pc = CALLER;
    struct object *object = find(lock, pc, "pthread_spin_lock");

    (void)model_park(OP_LOCK, object, pc, is_free, MODEL_NEVER);
    take(lock, object, pc);
    model_event(OP_LOCK, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_pthread_spin_trylock(pthread_spinlock_t *lock)
{
    if (!model_is_on())
        return __real_pthread_spin_trylock(lock);
    const void *pc = CALLER;
    struct object *object = find(lock, pc, "pthread_spin_trylock");

    call_try_point(OP_TRYLOCK, object, pc);
    if (object->holder != NULL) {
        model_event(OP_TRYLOCK, object, pc, NOTE_FAILED);
        return EBUSY;
    }
    take(lock, object, pc);
    model_event(OP_TRYLOCK, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_pthread_spin_unlock(pthread_spinlock_t *lock)
{
    if (!model_is_on())
        return __real_pthread_spin_unlock(lock);
    const void *pc = CALLER;
    struct object *object = find(lock, pc, "pthread_spin_unlock");

    if (object->holder != model_self)
        verdict_misuse(pc,
                       "%s is unlocked by thread %u, which does not hold it",
                       verdict_object(object), model_self->number);
    call_point_if_tried(OP_UNLOCK, object, pc);
    object->holder = NULL;
    (void)__real_pthread_spin_unlock(lock);
    model_event(OP_UNLOCK, object, pc, NOTE_NONE);
    return 0;
}
