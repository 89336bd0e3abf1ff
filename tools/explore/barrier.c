/* Barriers. The real one would block, so it is never waited at; ThreadSanitizer
 * is told what its own wrapper would have told it. */
#include "calls.h"
#include "wrap.h"

WRAP(int, pthread_barrier_init,
     (pthread_barrier_t * barrier, const pthread_barrierattr_t *attributes,
      unsigned count));
WRAP(int, pthread_barrier_destroy, (pthread_barrier_t * barrier));
WRAP(int, pthread_barrier_wait, (pthread_barrier_t * barrier));

/* Where glibc keeps how many threads a barrier is for. */
static unsigned count_in(const pthread_barrier_t *barrier)
{
    enum { COUNT = 2 };

    return ((const volatile unsigned *)(const void *)barrier)[COUNT];
}

/* A barrier that was made before the schedule is met here first. */
static struct object *find(pthread_barrier_t *barrier, const void *pc,
                           const char *call)
{
    struct object *object = object_known(barrier);

    if (object == NULL || object->kind != OBJECT_BARRIER) {
        object = object_new(barrier, OBJECT_BARRIER);
        object->needed = count_in(barrier);
    }
    if (object->destroyed || object->needed == 0)
        verdict_misuse(pc, "%s() of a barrier that %s", call,
                       object->destroyed ? "was destroyed"
                                         : "was never initialised");
    return object;
}

static void check_unused(const struct object *object, const void *pc,
                         const char *what)
{
    if (object->value > 0)
        verdict_misuse(pc, "%s is %s while %u thread%s at it",
                       verdict_object(object), what, (unsigned)object->value,
                       object->value == 1 ? " waits" : "s wait");
}

int __wrap_pthread_barrier_init(pthread_barrier_t *barrier,
                                const pthread_barrierattr_t *attributes,
                                unsigned count)
{
    if (!model_is_on())
        return __real_pthread_barrier_init(barrier, attributes, count);
    const struct object *old = object_known(barrier);

    if (old != NULL && old->kind == OBJECT_BARRIER)
        check_unused(old, CALLER, "initialised");
    int error = __real_pthread_barrier_init(barrier, attributes, count);
    if (error == 0)
        object_new(barrier, OBJECT_BARRIER)->needed = count;
    return error;
}

int __wrap_pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    if (!model_is_on())
        return __real_pthread_barrier_destroy(barrier);
    struct object *object = find(barrier, CALLER, "pthread_barrier_destroy");

    check_unused(object, CALLER, "destroyed");
    object->destroyed = true;
    return __real_pthread_barrier_destroy(barrier);
}

static bool round_is_complete(const struct thread *thread)
{
    return thread->object->generation != thread->awaited;
}

/* The last to arrive lets the others go. */
static bool arrive(struct object *object)
{
    if (++object->value < object->needed)
        return false;
    object->value = 0;
    object->generation++;
    return true;
}

int __wrap_pthread_barrier_wait(pthread_barrier_t *barrier)
{
    if (!model_is_on())
        return __real_pthread_barrier_wait(barrier);
    const void *pc = CALLER;
    struct object *object = find(barrier, pc, "pthread_barrier_wait");

    model_point(OP_BARRIER, object, pc);
    if (object->kind != OBJECT_BARRIER || object->destroyed)
        verdict_misuse(pc,
                       "a barrier is destroyed, or its memory is freed, "
                       "while thread %u is about to wait at it",
                       model_self->number);
    tsan_release_to(barrier);
    tsan_reads(barrier, pc);
    model_self->awaited = object->generation;
    bool last = arrive(object);
    if (!last)
        (void)model_park(OP_BARRIER, object, pc, round_is_complete,
                         MODEL_NEVER);
    tsan_reads(barrier, pc);
    tsan_acquire_from(barrier);
    model_event(OP_BARRIER, object, pc, NOTE_NONE);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}
