/* C11 <threads.h>. In a schedule each call is modelled as what POSIX calls it.
 * Outside, it is made of pthread calls too: ThreadSanitizer of gcc 12 and clang
 * 14 does not know the C library's C11 threads, and aborts in the first one. */
#include <stdlib.h>
#include <threads.h>

#include "calls.h"
#include "cond.h"
#include "mutex.h"
#include "wrap.h"

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "mtx_t is a mutex");
_Static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "cnd_t is a condition");
_Static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "once_flag");
_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "thrd_t is a pthread_t");
_Static_assert(sizeof(tss_t) == sizeof(pthread_key_t), "tss_t is a key");

WRAP(int, thrd_create, (thrd_t * thread, thrd_start_t run, void *arg));
WRAP(thrd_t, thrd_current, (void));
WRAP(int, thrd_join, (thrd_t thread, int *result));
WRAP(int, thrd_detach, (thrd_t thread));
WRAP(_Noreturn void, thrd_exit, (int result));
WRAP(int, thrd_sleep, (const struct timespec *time, struct timespec *left));
WRAP(void, thrd_yield, (void));
WRAP(int, mtx_init, (mtx_t * mutex, int type));
WRAP(int, mtx_lock, (mtx_t * mutex));
WRAP(int, mtx_trylock, (mtx_t * mutex));
WRAP(int, mtx_timedlock, (mtx_t * mutex, const struct timespec *when));
WRAP(int, mtx_unlock, (mtx_t * mutex));
WRAP(void, mtx_destroy, (mtx_t * mutex));
WRAP(int, cnd_init, (cnd_t * cond));
WRAP(int, cnd_signal, (cnd_t * cond));
WRAP(int, cnd_broadcast, (cnd_t * cond));
WRAP(int, cnd_wait, (cnd_t * cond, mtx_t *mutex));
WRAP(int, cnd_timedwait,
     (cnd_t * cond, mtx_t *mutex, const struct timespec *when));
WRAP(void, cnd_destroy, (cnd_t * cond));
WRAP(void, call_once, (once_flag * flag, void (*function)(void)));
WRAP(int, tss_create, (tss_t * key, tss_dtor_t destroy));
WRAP(void *, tss_get, (tss_t key));
WRAP(int, tss_set, (tss_t key, void *value));
WRAP(void, tss_delete, (tss_t key));

/* The pthread functions as they are outside of a schedule, and those that have
 * no line to tell and are therefore simply called. */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg);
int __real_pthread_join(pthread_t thread, void **result);
int __real_pthread_detach(pthread_t thread);
int __real_sched_yield(void);
int __real_nanosleep(const struct timespec *time, struct timespec *left);
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __real_pthread_mutex_trylock(pthread_mutex_t *mutex);
int __real_pthread_mutex_timedlock(pthread_mutex_t *mutex,
                                   const struct timespec *when);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __real_pthread_cond_signal(pthread_cond_t *cond);
int __real_pthread_cond_broadcast(pthread_cond_t *cond);
int __real_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int __real_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *when);
int __real_pthread_once(pthread_once_t *once, void (*function)(void));
void *__real_malloc(size_t size);
void __real_free(void *memory);

static int result_of(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case ENOMEM:
        return thrd_nomem;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    default:
        return thrd_error;
    }
}

static pthread_mutex_t *mutex_of(mtx_t *mutex)
{
    return (pthread_mutex_t *)(void *)mutex;
}

static pthread_cond_t *cond_of(cnd_t *cond)
{
    return (pthread_cond_t *)(void *)cond;
}

/* --- Threads --- */

/* Made by whoever creates the thread; freed by the thread. */
struct beginning {
    thrd_start_t run;
    void *arg;
};

static void *begin(void *arg)
{
    const struct beginning beginning = *(struct beginning *)arg;

    __real_free(arg);
    return (void *)(intptr_t)beginning.run(beginning.arg);
}

int __wrap_thrd_create(thrd_t *thread, thrd_start_t run, void *arg)
{
    struct beginning *beginning = __real_malloc(sizeof *beginning);

    if (beginning == NULL)
        return thrd_nomem;
    *beginning = (struct beginning){run, arg};
    int error =
        model_is_on()
            ? threads_create(thread, false, false, CALLER, begin, beginning)
            : __real_pthread_create(thread, NULL, begin, beginning);
    if (error != 0)
        __real_free(beginning);
    return result_of(error);
}

thrd_t __wrap_thrd_current(void)
{
    return pthread_self(); /* the wrapped one */
}

int __wrap_thrd_join(thrd_t thread, int *result)
{
    void *returned = NULL;
    int error = model_is_on() ? threads_join(thread, &returned, CALLER)
                              : __real_pthread_join(thread, &returned);

    if (error == 0 && result != NULL)
        *result = (int)(intptr_t)returned;
    return result_of(error);
}

int __wrap_thrd_detach(thrd_t thread)
{
    return result_of(model_is_on() ? threads_detach(thread, CALLER)
                                   : __real_pthread_detach(thread));
}

_Noreturn void __wrap_thrd_exit(int result)
{
    pthread_exit((void *)(intptr_t)result);
}

int __wrap_thrd_sleep(const struct timespec *time, struct timespec *left)
{
    enum { SIGNALLED = -1, FAILED = -2 };
    int error;

    if (model_is_on())
        error = clock_sleep(time, left, CALLER);
    else
        error = __real_nanosleep(time, left) == 0 ? 0 : errno;
    return error == 0 ? 0 : error == EINTR ? SIGNALLED : FAILED;
}

void __wrap_thrd_yield(void)
{
    if (model_is_on())
        threads_yield(CALLER);
    else
        (void)__real_sched_yield();
}

/* --- Mutexes --- */

int __wrap_mtx_init(mtx_t *mutex, int type)
{
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);

    if (error != 0)
        return result_of(error);
    if ((type & mtx_recursive) != 0)
        error = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    if (error == 0)
        error = pthread_mutex_init(mutex_of(mutex), &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
    return result_of(error);
}

int __wrap_mtx_lock(mtx_t *mutex)
{
    return result_of(model_is_on()
                         ? mutex_lock(mutex_of(mutex), CALLER)
                         : __real_pthread_mutex_lock(mutex_of(mutex)));
}

int __wrap_mtx_trylock(mtx_t *mutex)
{
    return result_of(model_is_on()
                         ? mutex_trylock(mutex_of(mutex), CALLER)
                         : __real_pthread_mutex_trylock(mutex_of(mutex)));
}

int __wrap_mtx_timedlock(mtx_t *mutex, const struct timespec *when)
{
    return result_of(
        model_is_on()
            ? mutex_timedlock(mutex_of(mutex), CLOCK_REALTIME, when, CALLER)
            : __real_pthread_mutex_timedlock(mutex_of(mutex), when));
}

int __wrap_mtx_unlock(mtx_t *mutex)
{
    return result_of(model_is_on()
                         ? mutex_unlock(mutex_of(mutex), CALLER)
                         : __real_pthread_mutex_unlock(mutex_of(mutex)));
}

void __wrap_mtx_destroy(mtx_t *mutex)
{
    if (model_is_on())
        mutex_destroy(mutex_of(mutex), CALLER);
    else
        (void)pthread_mutex_destroy(mutex_of(mutex));
}

/* --- Conditions --- */

int __wrap_cnd_init(cnd_t *cond)
{
    return result_of(pthread_cond_init(cond_of(cond), NULL));
}

int __wrap_cnd_signal(cnd_t *cond)
{
    return result_of(model_is_on() ? cond_signal(cond_of(cond), CALLER)
                                   : __real_pthread_cond_signal(cond_of(cond)));
}

int __wrap_cnd_broadcast(cnd_t *cond)
{
    return result_of(model_is_on()
                         ? cond_broadcast(cond_of(cond), CALLER)
                         : __real_pthread_cond_broadcast(cond_of(cond)));
}

int __wrap_cnd_wait(cnd_t *cond, mtx_t *mutex)
{
    return result_of(
        model_is_on()
            ? cond_wait(cond_of(cond), mutex_of(mutex), MODEL_NEVER, CALLER)
            : __real_pthread_cond_wait(cond_of(cond), mutex_of(mutex)));
}

int __wrap_cnd_timedwait(cnd_t *cond, mtx_t *mutex, const struct timespec *when)
{
    return result_of(model_is_on()
                         ? cond_timedwait(cond_of(cond), mutex_of(mutex),
                                          CLOCK_REALTIME, when, CALLER)
                         : __real_pthread_cond_timedwait(
                               cond_of(cond), mutex_of(mutex), when));
}

void __wrap_cnd_destroy(cnd_t *cond)
{
    if (model_is_on())
        cond_destroy(cond_of(cond), CALLER);
    else
        (void)pthread_cond_destroy(cond_of(cond));
}

/* --- Once, and thread-specific storage --- */

void __wrap_call_once(once_flag *flag, void (*function)(void))
{
    pthread_once_t *once = (pthread_once_t *)(void *)flag;

    (void)(model_is_on() ? once_run(once, function, CALLER)
                         : __real_pthread_once(once, function));
}

int __wrap_tss_create(tss_t *key, tss_dtor_t destroy)
{
    return result_of(pthread_key_create(key, destroy));
}

void *__wrap_tss_get(tss_t key)
{
    return pthread_getspecific(key);
}

int __wrap_tss_set(tss_t key, void *value)
{
    return result_of(pthread_setspecific(key, value));
}

void __wrap_tss_delete(tss_t key)
{
    (void)pthread_key_delete(key);
}
