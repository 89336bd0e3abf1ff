/* What the models of the calls share. */
#ifndef EXPLORE_CALLS_H
#define EXPLORE_CALLS_H

#include <errno.h>
#include <time.h>

#include "model.h"

enum { CALLS_SECOND = 1000000000 };

/* How many calls report an error: as -1, and in errno. */
static inline int call_result(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

static inline bool call_never(const struct thread *thread)
{
    (void)thread;
    return false;
}

static inline bool call_time_is_valid(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < CALLS_SECOND;
}

/* The clocks that a wait may name. */
static inline bool call_clock_is_valid(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

/* Whoever stands at a try, or looks at a value, may find it as it was or as it
 * will be: only then is it a point to give something back. Else whatever
 * another thread does at that point it may as well do at this thread's next
 * one. */
static inline void call_point_if_tried(enum model_op op, struct object *object,
                                       const void *pc)
{
    if (object->trying > 0)
        model_point(op, object, pc);
}

static inline void call_try_point(enum model_op op, struct object *object,
                                  const void *pc)
{
    object->trying++;
    model_point(op, object, pc);
    object->trying--;
}

/* cond.c: a waiter that was woken waits for its lock. */
void cond_await_lock(struct thread *thread);

/* clock.c: sleep for a while; 0, EINTR or EINVAL. */
int clock_sleep(const struct timespec *duration, struct timespec *left,
                const void *pc);

/* once.c */
int once_run(pthread_once_t *once, void (*function)(void), const void *pc);

/* signals.c: a signal for the calling thread alone. */
void signals_raise(int signal);

/* model_park() for a call that a handler ends; if it restarts, not one that was
 * installed with SA_RESTART. thread->interrupted says that one did. The other
 * form is for calls that let signals in and wait in one step. */
bool signals_park(enum model_op op, struct object *object, const void *pc,
                  bool (*can)(const struct thread *), int64_t deadline,
                  bool restarts);
bool signals_wait(enum model_op op, struct object *object, const void *pc,
                  bool (*can)(const struct thread *), int64_t deadline,
                  bool restarts);

uint64_t signals_bits(const sigset_t *set);

/* What each keeps of a schedule. */
void rwlocks_begin(void);
void pipes_begin(void);
void rand_begin(void);

#endif
