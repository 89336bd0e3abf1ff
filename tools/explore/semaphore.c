/* Semaphores. The model knows the value; the real one is posted and taken with
 * it, which never blocks, and tells ThreadSanitizer. */
#include <semaphore.h>

#include "calls.h"
#include "wrap.h"

WRAP(int, sem_init, (sem_t * sem, int shared, unsigned value));
WRAP(int, sem_destroy, (sem_t * sem));
WRAP(int, sem_wait, (sem_t * sem));
WRAP(int, sem_trywait, (sem_t * sem));
WRAP(int, sem_timedwait, (sem_t * sem, const struct timespec *when));
WRAP(int, sem_clockwait,
     (sem_t * sem, clockid_t clock, const struct timespec *when));
WRAP(int, sem_post, (sem_t * sem));
WRAP(int, sem_getvalue, (sem_t * sem, int *value));

_Static_assert(sizeof(void *) == 8, "where glibc keeps a semaphore's value");

/* The value, without the edge that sem_getvalue() means to ThreadSanitizer. */
static unsigned value_in(const sem_t *sem)
{
    return *(const volatile unsigned *)(const void *)sem;
}

/* A semaphore that was made before the schedule is met here first. */
static struct object *find(sem_t *sem, const void *pc, const char *call)
{
    struct object *object = object_known(sem);

    if (object == NULL || object->kind != OBJECT_SEM) {
        object = object_new(sem, OBJECT_SEM);
        object->value = value_in(sem);
    }
    if (object->destroyed)
        verdict_misuse(pc, "%s() of a semaphore that was destroyed", call);
    return object;
}

static bool is_positive(const struct thread *thread)
{
    return thread->object->value > 0;
}

static void take(sem_t *sem, struct object *object, const void *pc)
{
    if (object->kind != OBJECT_SEM || object->destroyed)
        verdict_misuse(pc,
                       "a semaphore is destroyed, or its memory is freed, "
                       "while thread %u is about to take it",
                       model_self->number);
    object->value--;
    if (__real_sem_trywait(sem) != 0)
        verdict_end(EXPLORE_UNMODELLED, "a semaphore has a value that the "
                                        "explorer did not give it");
}

static const struct thread *find_waiter(const struct object *object)
{
    for (unsigned i = 0; i < model.count; i++)
        if (model.threads[i]->state == THREAD_PARKED &&
            model.threads[i]->op == OP_SEM_WAIT &&
            model.threads[i]->object == object)
            return model.threads[i];
    return NULL;
}

int __wrap_sem_init(sem_t *sem, int shared, unsigned value)
{
    if (model_is_on() && inits_fail(CALLER))
        return call_result(ENOSPC);
    int result = __real_sem_init(sem, shared, value);

    if (!model_is_on() || result != 0)
        return result;
    const struct object *old = object_known(sem);
    const struct thread *waiter = old != NULL ? find_waiter(old) : NULL;
    if (waiter != NULL)
        verdict_misuse(CALLER, "%s is initialised while thread %u waits for it",
                       verdict_object(old), waiter->number);
    object_new(sem, OBJECT_SEM)->value = value;
    inits_note(sem, "a semaphore", CALLER);
    return 0;
}

int __wrap_sem_destroy(sem_t *sem)
{
    if (!model_is_on())
        return __real_sem_destroy(sem);
    const void *pc = CALLER;
    struct object *object = find(sem, pc, "sem_destroy");
    const struct thread *waiter = find_waiter(object);

    if (waiter != NULL)
        verdict_misuse(
            pc, "%s is destroyed while thread %u waits for it at " VERDICT_LINE,
            verdict_object(object), waiter->number, waiter->pc);
    object->destroyed = true;
    inits_forget(sem);
    return __real_sem_destroy(sem);
}

/* 0, EINTR or ETIMEDOUT. */
static int wait_until(sem_t *sem, int64_t deadline, const void *pc,
                      const char *call)
{
    struct thread *self = model_self;
    struct object *object = find(sem, pc, call);

    bool came =
        signals_park(OP_SEM_WAIT, object, pc, is_positive, deadline, true);
    if (!came) {
        model_event(OP_SEM_WAIT, object, pc,
                    self->interrupted ? NOTE_FAILED : NOTE_TIMED_OUT);
        return self->interrupted ? EINTR : ETIMEDOUT;
    }
    take(sem, object, pc);
    model_event(OP_SEM_WAIT, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_sem_wait(sem_t *sem)
{
    if (!model_is_on())
        return __real_sem_wait(sem);
    return call_result(wait_until(sem, MODEL_NEVER, CALLER, "sem_wait"));
}

static int wait_by(sem_t *sem, clockid_t clock, const struct timespec *when,
                   const void *pc, const char *call)
{
    if (!call_clock_is_valid(clock) || !call_time_is_valid(when))
        return call_result(EINVAL);
    return call_result(wait_until(sem, clock_absolute(clock, when), pc, call));
}

int __wrap_sem_timedwait(sem_t *sem, const struct timespec *when)
{
    return model_is_on()
               ? wait_by(sem, CLOCK_REALTIME, when, CALLER, "sem_timedwait")
               : __real_sem_timedwait(sem, when);
}

int __wrap_sem_clockwait(sem_t *sem, clockid_t clock,
                         const struct timespec *when)
{
    return model_is_on() ? wait_by(sem, clock, when, CALLER, "sem_clockwait")
                         : __real_sem_clockwait(sem, clock, when);
}

int __wrap_sem_trywait(sem_t *sem)
{
    if (!model_is_on())
        return __real_sem_trywait(sem);
    const void *pc = CALLER;
    struct object *object = find(sem, pc, "sem_trywait");

    call_try_point(OP_SEM_TRY, object, pc);
    if (object->value == 0) {
        model_event(OP_SEM_TRY, object, pc, NOTE_FAILED);
        return call_result(EAGAIN);
    }
    take(sem, object, pc);
    model_event(OP_SEM_TRY, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_sem_post(sem_t *sem)
{
    if (!model_is_on())
        return __real_sem_post(sem);
    const void *pc = CALLER;
    struct object *object = find(sem, pc, "sem_post");

    call_point_if_tried(OP_SEM_POST, object, pc);
    int result = __real_sem_post(sem); /* refuses what is too many */
    if (result == 0)
        object->value++;
    model_event(OP_SEM_POST, object, pc, result == 0 ? NOTE_NONE : NOTE_FAILED);
    return result;
}

int __wrap_sem_getvalue(sem_t *sem, int *value)
{
    if (!model_is_on())
        return __real_sem_getvalue(sem, value);
    struct object *object = find(sem, CALLER, "sem_getvalue");

    call_try_point(OP_SEM_TRY, object, CALLER);
    return __real_sem_getvalue(sem, value);
}
