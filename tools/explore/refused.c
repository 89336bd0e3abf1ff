/* What the explorer does not know, by name: outside of a schedule each passes
 * through; inside, the schedule ends and says so, before anything is done that
 * other schedules would see. */
#include <aio.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "wrap.h"

_Noreturn static void refuse(const char *call, const void *pc)
{
    verdict_end(EXPLORE_UNMODELLED,
                "%s() is not modelled (at " VERDICT_LINE ")", call, pc);
}

/* REFUSED(type, name, parameters, arguments) */
#define REFUSED(type, name, parameters, arguments)                             \
    WRAP(type, name, parameters);                                              \
    type __wrap_##name parameters                                              \
    {                                                                          \
        if (model_is_on())                                                     \
            refuse(#name, CALLER);                                             \
        return __real_##name arguments;                                        \
    }

/* REFUSED_IF(condition, name, parameters, arguments): some uses only. */
#define REFUSED_IF(condition, name, parameters, arguments)                     \
    WRAP(int, name, parameters);                                               \
    int __wrap_##name parameters                                               \
    {                                                                          \
        if (model_is_on() && (condition))                                      \
            refuse(#name, CALLER);                                             \
        return __real_##name arguments;                                        \
    }

/* --- Other processes --- */

REFUSED(pid_t, fork, (void), ())
REFUSED(pid_t, _Fork, (void), ())
REFUSED(int, daemon, (int nochdir, int noclose), (nochdir, noclose))
REFUSED(int, system, (const char *command), (command))
REFUSED(FILE *, popen, (const char *command, const char *mode), (command, mode))
REFUSED(int, execv, (const char *path, char *const *arguments),
        (path, arguments))
REFUSED(int, execvp, (const char *file, char *const *arguments),
        (file, arguments))
REFUSED(int, execve,
        (const char *path, char *const *arguments, char *const *environment),
        (path, arguments, environment))
REFUSED(int, execvpe,
        (const char *file, char *const *arguments, char *const *environment),
        (file, arguments, environment))
REFUSED(int, fexecve,
        (int fd, char *const *arguments, char *const *environment),
        (fd, arguments, environment))
REFUSED(int, posix_spawn,
        (pid_t * process, const char *path,
         const posix_spawn_file_actions_t *actions,
         const posix_spawnattr_t *attributes, char *const *arguments,
         char *const *environment),
        (process, path, actions, attributes, arguments, environment))
REFUSED(int, posix_spawnp,
        (pid_t * process, const char *file,
         const posix_spawn_file_actions_t *actions,
         const posix_spawnattr_t *attributes, char *const *arguments,
         char *const *environment),
        (process, file, actions, attributes, arguments, environment))

/* The arguments of a call to execl() and the like, up to NULL, as execv() wants
 * them; what execle() is given after it goes to environment. False: too many.
 */
static bool collect(char **to, size_t most, const char *first, va_list rest,
                    char *const **environment)
{
    size_t n = 0;

    for (const char *next = first; n < most;
         next = va_arg(rest, const char *)) {
        to[n++] = (char *)(uintptr_t)next;
        if (next != NULL)
            continue;
        if (environment != NULL)
            *environment = va_arg(rest, char *const *);
        return true;
    }
    errno = E2BIG;
    return false;
}

/* EXEC(name, environment, call): is done by the function that takes an array.
 */
#define EXEC(name, environment, call)                                          \
    int __wrap_##name(const char *path, const char *first, ...);               \
    int __wrap_##name(const char *path, const char *first, ...)                \
    {                                                                          \
        enum { MOST = 1024 };                                                  \
        char *arguments[MOST];                                                 \
        char *const *variables = NULL;                                         \
        va_list rest;                                                          \
        if (model_is_on())                                                     \
            refuse(#name, CALLER);                                             \
        va_start(rest, first);                                                 \
        bool fits = collect(arguments, MOST, first, rest, (environment));      \
        va_end(rest);                                                          \
        (void)variables;                                                       \
        return fits ? (call) : -1;                                             \
    }

EXEC(execl, NULL, __real_execv(path, arguments))
EXEC(execlp, NULL, __real_execvp(path, arguments))
EXEC(execle, &variables, __real_execve(path, arguments, variables))

/* A function that calls the real vfork() must not return, so this one forks:
 * POSIX says that vfork() may. */
pid_t __wrap_vfork(void);
pid_t __wrap_vfork(void)
{
    if (model_is_on())
        refuse("vfork", CALLER);
    return __real_fork();
}

/* --- Threads --- */

REFUSED(int, pthread_cancel, (pthread_t thread), (thread))
REFUSED(int, pthread_tryjoin_np, (pthread_t thread, void **result),
        (thread, result))
REFUSED(int, pthread_timedjoin_np,
        (pthread_t thread, void **result, const struct timespec *when),
        (thread, result, when))
REFUSED(int, pthread_clockjoin_np,
        (pthread_t thread, void **result, clockid_t clock,
         const struct timespec *when),
        (thread, result, clock, when))
REFUSED(int, pthread_setschedparam,
        (pthread_t thread, int policy, const struct sched_param *parameters),
        (thread, policy, parameters))
REFUSED(int, pthread_setschedprio, (pthread_t thread, int priority),
        (thread, priority))
REFUSED(int, pthread_setaffinity_np,
        (pthread_t thread, size_t size, const cpu_set_t *set),
        (thread, size, set))
REFUSED(int, sched_setaffinity,
        (pid_t process, size_t size, const cpu_set_t *set),
        (process, size, set))
REFUSED(int, sched_setscheduler,
        (pid_t process, int policy, const struct sched_param *parameters),
        (process, policy, parameters))
REFUSED(int, sched_setparam,
        (pid_t process, const struct sched_param *parameters),
        (process, parameters))
REFUSED(int, pthread_getcpuclockid, (pthread_t thread, clockid_t *clock),
        (thread, clock))

/* --- Kinds of locks --- */

REFUSED(int, pthread_mutex_consistent, (pthread_mutex_t * mutex), (mutex))
REFUSED(int, pthread_mutex_setprioceiling,
        (pthread_mutex_t * mutex, int ceiling, int *old), (mutex, ceiling, old))
REFUSED_IF(shared == PTHREAD_PROCESS_SHARED, pthread_mutexattr_setpshared,
           (pthread_mutexattr_t * attributes, int shared), (attributes, shared))
REFUSED_IF(shared == PTHREAD_PROCESS_SHARED, pthread_condattr_setpshared,
           (pthread_condattr_t * attributes, int shared), (attributes, shared))
REFUSED_IF(shared == PTHREAD_PROCESS_SHARED, pthread_rwlockattr_setpshared,
           (pthread_rwlockattr_t * attributes, int shared),
           (attributes, shared))
REFUSED_IF(shared == PTHREAD_PROCESS_SHARED, pthread_barrierattr_setpshared,
           (pthread_barrierattr_t * attributes, int shared),
           (attributes, shared))
REFUSED_IF(robust != PTHREAD_MUTEX_STALLED, pthread_mutexattr_setrobust,
           (pthread_mutexattr_t * attributes, int robust), (attributes, robust))
REFUSED_IF(protocol != PTHREAD_PRIO_NONE, pthread_mutexattr_setprotocol,
           (pthread_mutexattr_t * attributes, int protocol),
           (attributes, protocol))
REFUSED(int, sem_close, (sem_t * sem), (sem))
REFUSED(int, sem_unlink, (const char *name), (name))
REFUSED(int, semop, (int set, struct sembuf *operations, size_t n),
        (set, operations, n))
REFUSED(int, semtimedop,
        (int set, struct sembuf *operations, size_t n,
         const struct timespec *timeout),
        (set, operations, n, timeout))
REFUSED(int, semget, (key_t key, int n, int flags), (key, n, flags))

/* The third and fourth argument are there when a semaphore is to be made. */
WRAP(sem_t *, sem_open, (const char *name, int flags, ...));
sem_t *__wrap_sem_open(const char *name, int flags, ...)
{
    va_list arguments;

    if (model_is_on())
        refuse("sem_open", CALLER);
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t);
    unsigned value = va_arg(arguments, unsigned);
    va_end(arguments);
    return __real_sem_open(name, flags, mode, value);
}

/* --- Timers and clocks --- */

REFUSED(unsigned, alarm, (unsigned seconds), (seconds))
REFUSED(useconds_t, ualarm, (useconds_t first, useconds_t next), (first, next))
REFUSED(int, setitimer,
        (__itimer_which_t which, const struct itimerval *time,
         struct itimerval *old),
        (which, time, old))
REFUSED(int, timer_create,
        (clockid_t clock, struct sigevent *event, timer_t *timer),
        (clock, event, timer))
REFUSED(int, timerfd_create, (int clock, int flags), (clock, flags))
REFUSED(clock_t, clock, (void), ())
REFUSED(clock_t, times, (struct tms * time), (time))
REFUSED(int, getrusage, (__rusage_who_t who, struct rusage *usage),
        (who, usage))
REFUSED(int, clock_settime, (clockid_t clock, const struct timespec *time),
        (clock, time))
REFUSED(int, settimeofday,
        (const struct timeval *time, const struct timezone *zone), (time, zone))
REFUSED(int, clock_getcpuclockid, (pid_t process, clockid_t *clock),
        (process, clock))

/* --- Signals by other ways --- */

REFUSED(int, killpg, (pid_t group, int signal), (group, signal))
REFUSED(int, sigqueue, (pid_t process, int signal, union sigval value),
        (process, signal, value))
REFUSED(int, pthread_sigqueue,
        (pthread_t thread, int signal, union sigval value),
        (thread, signal, value))
REFUSED(int, signalfd, (int fd, const sigset_t *set, int flags),
        (fd, set, flags))

/* A handler that jumps away leaves what the model knows of its thread behind.
 */
_Noreturn void __real_longjmp(struct __jmp_buf_tag *to, int value);
_Noreturn void __wrap_longjmp(struct __jmp_buf_tag *to, int value);
_Noreturn void __wrap_longjmp(struct __jmp_buf_tag *to, int value)
{
    if (model_is_on() && model_self->handlers > 0)
        refuse("longjmp", CALLER);
    __real_longjmp(to, value);
}

_Noreturn void __real_siglongjmp(struct __jmp_buf_tag *to, int value);
_Noreturn void __wrap_siglongjmp(struct __jmp_buf_tag *to, int value);
_Noreturn void __wrap_siglongjmp(struct __jmp_buf_tag *to, int value)
{
    if (model_is_on() && model_self->handlers > 0)
        refuse("siglongjmp", CALLER);
    __real_siglongjmp(to, value);
}

/* --- Other things to wait for --- */

REFUSED(int, eventfd, (unsigned count, int flags), (count, flags))
REFUSED(int, epoll_create, (int size), (size))
REFUSED(int, epoll_create1, (int flags), (flags))
REFUSED(int, aio_read, (struct aiocb * block), (block))
REFUSED(int, aio_write, (struct aiocb * block), (block))
REFUSED(int, lio_listio,
        (int mode, struct aiocb *const *blocks, int n, struct sigevent *event),
        (mode, blocks, n, event))
REFUSED(int, mq_notify, (mqd_t queue, const struct sigevent *event),
        (queue, event))

/* State of the C library that schedules would pass on to each other. */
REFUSED(char *, initstate, (unsigned seed, char *state, size_t size),
        (seed, state, size))
REFUSED(char *, setstate, (char *state), (state))
REFUSED(unsigned short *, seed48, (unsigned short *seed), (seed))
