/* Read-write locks. As with mutexes, the model decides who may have one; the
 * real one is then taken by its try form, which never blocks. */
#include "rwlock.h"
#include "calls.h"
#include "wrap.h"

WRAP(int, pthread_rwlock_init,
     (pthread_rwlock_t * lock, const pthread_rwlockattr_t *attributes));
WRAP(int, pthread_rwlock_destroy, (pthread_rwlock_t * lock));
WRAP(int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock));
WRAP(int, pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock));
WRAP(int, pthread_rwlock_timedrdlock,
     (pthread_rwlock_t * lock, const struct timespec *when));
WRAP(int, pthread_rwlock_clockrdlock,
     (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *when));
WRAP(int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock));
WRAP(int, pthread_rwlock_trywrlock, (pthread_rwlock_t * lock));
WRAP(int, pthread_rwlock_timedwrlock,
     (pthread_rwlock_t * lock, const struct timespec *when));
WRAP(int, pthread_rwlock_clockwrlock,
     (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *when));
WRAP(int, pthread_rwlock_unlock, (pthread_rwlock_t * lock));

/* Said in the lock's own memory, as glibc says it of a mutex: so a new lock in
 * the same place is not taken for the old one. */
static const unsigned destroyed = 0xdeadu;

/* A thread that holds a lock for reading. Guarded by the token. */
struct reading {
    struct object *lock;
    struct thread *thread;
    const void *since;
    unsigned depth;
};

enum { READINGS = 2 * MODEL_THREADS };
static struct reading readings[READINGS];
static unsigned reading_count;

void rwlocks_begin(void)
{
    reading_count = 0;
}

static struct reading *find_reading(const struct object *lock,
                                    const struct thread *thread)
{
    for (unsigned i = 0; i < reading_count; i++)
        if (readings[i].lock == lock &&
            (thread == NULL || readings[i].thread == thread))
            return &readings[i];
    return NULL;
}

const struct thread *rwlock_reader(const struct object *lock,
                                   const void **since)
{
    const struct reading *reading = find_reading(lock, NULL);

    if (reading == NULL)
        return NULL;
    *since = reading->since;
    return reading->thread;
}

static struct object *find(pthread_rwlock_t *lock, const void *pc,
                           const char *call)
{
    if (lock->__data.__flags == destroyed)
        verdict_misuse(pc, "%s() of a read-write lock that was destroyed",
                       call);
    return object_find(lock, OBJECT_RWLOCK);
}

/* --- Who may have it --- */

static bool prefers_writers(const struct object *lock)
{
    const pthread_rwlock_t *real = lock->address;

    return real->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

static bool has_waiting_writer(const struct object *lock)
{
    for (unsigned i = 0; i < model.count; i++)
        if (model.threads[i]->state == THREAD_PARKED &&
            model.threads[i]->op == OP_LOCK && model.threads[i]->object == lock)
            return true;
    return false;
}

/* glibc lets readers pass waiting writers unless the lock was made otherwise.
 */
static bool may_read(const struct thread *thread)
{
    const struct object *lock = thread->object;

    return lock->holder == NULL &&
           (lock->depth == 0 || !prefers_writers(lock) ||
            !has_waiting_writer(lock));
}

static bool may_write(const struct thread *thread)
{
    const struct object *lock = thread->object;

    return lock->holder == NULL && lock->depth == 0;
}

static void check_alive(const struct object *lock, const void *pc)
{
    const pthread_rwlock_t *real = lock->address;

    if (lock->kind != OBJECT_RWLOCK || real->__data.__flags == destroyed)
        verdict_misuse(pc,
                       "a read-write lock is destroyed, or its memory is "
                       "freed, while thread %u is about to lock it",
                       model_self->number);
}

static void check_real(int error)
{
    if (error != 0)
        verdict_end(EXPLORE_UNMODELLED, "a read-write lock is held that the "
                                        "explorer did not lock");
}

static void take_to_read(pthread_rwlock_t *lock, struct object *object,
                         const void *pc)
{
    check_alive(object, pc);
    struct reading *reading = find_reading(object, model_self);
    if (reading == NULL) {
        if (reading_count == READINGS)
            verdict_end(EXPLORE_ENVIRONMENT, "too many read locks are held");
        reading = &readings[reading_count++];
        *reading = (struct reading){object, model_self, pc, 0};
    }
    reading->depth++;
    if (object->depth++ == 0)
        object->held_since = pc;
    check_real(__real_pthread_rwlock_tryrdlock(lock));
}

static void take_to_write(pthread_rwlock_t *lock, struct object *object,
                          const void *pc)
{
    check_alive(object, pc);
    object->holder = model_self;
    object->held_since = pc;
    check_real(__real_pthread_rwlock_trywrlock(lock));
}

/* --- The calls --- */

static void check_unused(const struct object *object, const void *pc,
                         const char *what)
{
    const void *since = object->held_since;
    const struct thread *user =
        object->holder != NULL ? object->holder : rwlock_reader(object, &since);

    if (user != NULL)
        verdict_misuse(
            pc, "%s is %s while thread %u holds it, locked at " VERDICT_LINE,
            verdict_object(object), what, user->number, since);
}

int __wrap_pthread_rwlock_init(pthread_rwlock_t *lock,
                               const pthread_rwlockattr_t *attributes)
{
    if (!model_is_on())
        return __real_pthread_rwlock_init(lock, attributes);
    const struct object *old = object_known(lock);

    if (old != NULL && old->kind == OBJECT_RWLOCK)
        check_unused(old, CALLER, "initialised");
    if (inits_fail(CALLER))
        return ENOMEM;
    object_forget(lock, 1);
    inits_note(lock, "a read-write lock", CALLER);
    return __real_pthread_rwlock_init(lock, attributes);
}

int __wrap_pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    if (!model_is_on())
        return __real_pthread_rwlock_destroy(lock);
    const struct object *object = find(lock, CALLER, "pthread_rwlock_destroy");

    check_unused(object, CALLER, "destroyed");
    object_forget(lock, 1);
    inits_forget(lock);
    int error = __real_pthread_rwlock_destroy(lock);
    lock->__data.__flags = destroyed;
    return error;
}

static int read_until(pthread_rwlock_t *lock, int64_t deadline, const void *pc)
{
    struct object *object = find(lock, pc, "pthread_rwlock_rdlock");

    if (object->holder == model_self)
        return EDEADLK;
    if (!model_park(OP_READ_LOCK, object, pc, may_read, deadline)) {
        model_event(OP_READ_LOCK, object, pc, NOTE_TIMED_OUT);
        return ETIMEDOUT;
    }
    take_to_read(lock, object, pc);
    model_event(OP_READ_LOCK, object, pc, NOTE_NONE);
    return 0;
}

static int write_until(pthread_rwlock_t *lock, int64_t deadline, const void *pc)
{
    struct object *object = find(lock, pc, "pthread_rwlock_wrlock");

    if (object->holder == model_self)
        return EDEADLK;
    if (!model_park(OP_LOCK, object, pc, may_write, deadline)) {
        model_event(OP_LOCK, object, pc, NOTE_TIMED_OUT);
        return ETIMEDOUT;
    }
    take_to_write(lock, object, pc);
    model_event(OP_LOCK, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return model_is_on() ? read_until(lock, MODEL_NEVER, CALLER)
                         : __real_pthread_rwlock_rdlock(lock);
}

int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return model_is_on() ? write_until(lock, MODEL_NEVER, CALLER)
                         : __real_pthread_rwlock_wrlock(lock);
}

/* Here glibc looks at the time in any case, as POSIX allows. */
static bool is_valid(clockid_t clock, const struct timespec *when)
{
    return call_clock_is_valid(clock) && call_time_is_valid(when);
}

static int read_by(pthread_rwlock_t *lock, clockid_t clock,
                   const struct timespec *when, const void *pc)
{
    return is_valid(clock, when)
               ? read_until(lock, clock_absolute(clock, when), pc)
               : EINVAL;
}

static int write_by(pthread_rwlock_t *lock, clockid_t clock,
                    const struct timespec *when, const void *pc)
{
    return is_valid(clock, when)
               ? write_until(lock, clock_absolute(clock, when), pc)
               : EINVAL;
}

int __wrap_pthread_rwlock_timedrdlock(pthread_rwlock_t *lock,
                                      const struct timespec *when)
{
    return model_is_on() ? read_by(lock, CLOCK_REALTIME, when, CALLER)
                         : __real_pthread_rwlock_timedrdlock(lock, when);
}

int __wrap_pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *when)
{
    return model_is_on() ? read_by(lock, clock, when, CALLER)
                         : __real_pthread_rwlock_clockrdlock(lock, clock, when);
}

int __wrap_pthread_rwlock_timedwrlock(pthread_rwlock_t *lock,
                                      const struct timespec *when)
{
    return model_is_on() ? write_by(lock, CLOCK_REALTIME, when, CALLER)
                         : __real_pthread_rwlock_timedwrlock(lock, when);
}

int __wrap_pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *when)
{
    return model_is_on() ? write_by(lock, clock, when, CALLER)
                         : __real_pthread_rwlock_clockwrlock(lock, clock, when);
}

static int try(pthread_rwlock_t *lock, bool (*may)(const struct thread *),
               void (*take)(pthread_rwlock_t *, struct object *, const void *),
               const void *pc, const char *call)
{
    struct object *object = find(lock, pc, call);

    call_try_point(OP_TRYLOCK, object, pc);
    check_alive(object, pc);
    if (!may(model_self)) {
        model_event(OP_TRYLOCK, object, pc, NOTE_FAILED);
        return EBUSY;
    }
    take(lock, object, pc);
    model_event(OP_TRYLOCK, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    return model_is_on() ? try(lock, may_read, take_to_read, CALLER,
                               "pthread_rwlock_tryrdlock")
                         : __real_pthread_rwlock_tryrdlock(lock);
}

int __wrap_pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    return model_is_on() ? try(lock, may_write, take_to_write, CALLER,
                               "pthread_rwlock_trywrlock")
                         : __real_pthread_rwlock_trywrlock(lock);
}

/* Readers and writers give it up by the same call. */
static void give_up(struct object *object, const void *pc)
{
    struct reading *reading = find_reading(object, model_self);

    if (object->holder == model_self) {
        object->holder = NULL;
        return;
    }
    if (reading == NULL)
        verdict_misuse(pc,
                       "%s is unlocked by thread %u, which does not hold it",
                       verdict_object(object), model_self->number);
    object->depth--;
    if (--reading->depth == 0)
        *reading = readings[--reading_count];
}

int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    if (!model_is_on())
        return __real_pthread_rwlock_unlock(lock);
    const void *pc = CALLER;
    struct object *object = find(lock, pc, "pthread_rwlock_unlock");

    call_point_if_tried(OP_UNLOCK, object, pc);
    give_up(object, pc);
    (void)__real_pthread_rwlock_unlock(lock);
    model_event(OP_UNLOCK, object, pc, NOTE_NONE);
    return 0;
}
