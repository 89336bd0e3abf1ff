/* Virtual time: it stands still while a thread runs, and jumps to the next
 * deadline when none can. */
#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "model.h"
#include "wrap.h"

WRAP(unsigned, sleep, (unsigned seconds));
WRAP(int, usleep, (useconds_t microseconds));
WRAP(int, nanosleep, (const struct timespec *time, struct timespec *left));
WRAP(int, clock_nanosleep,
     (clockid_t clock, int flags, const struct timespec *time,
      struct timespec *left));
WRAP(int, clock_gettime, (clockid_t clock, struct timespec *time));
WRAP(time_t, time, (time_t * time));
WRAP(int, gettimeofday, (struct timeval * time, void *zone));
WRAP(int, timespec_get, (struct timespec * time, int base));

enum { SECOND = 1000000000, MONOTONIC_START = 1000 };

static bool is_wall(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ||
           clock == CLOCK_TAI;
}

/* Seconds that the clock showed when the schedule began. */
static int64_t start_of(clockid_t clock)
{
    return is_wall(clock) ? model.options.start : MONOTONIC_START;
}

static int64_t nanoseconds(const struct timespec *time)
{
    if (time->tv_sec > MODEL_NEVER / SECOND - 1)
        return MODEL_NEVER;
    return time->tv_sec * SECOND + time->tv_nsec;
}

/* A moment on the clock, as ns since the start. */
int64_t clock_absolute(clockid_t clock, const struct timespec *when)
{
    struct timespec since = *when;

    if (since.tv_sec > MODEL_NEVER / SECOND - 2)
        return MODEL_NEVER;
    since.tv_sec -= start_of(clock);
    return nanoseconds(&since);
}

static int64_t moment_after(int64_t duration)
{
    return duration > MODEL_NEVER - model.now ? MODEL_NEVER
                                              : model.now + duration;
}

int64_t clock_moment_after(const struct timespec *duration)
{
    return moment_after(nanoseconds(duration));
}

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / SECOND, .tv_nsec = ns % SECOND};
}

static bool never(const struct thread *thread)
{
    (void)thread;
    return false;
}

/* Returns what is left of the time: nothing, but for a signal's handler. */
static int64_t sleep_until(int64_t moment, const void *pc)
{
    struct thread *self = model_self;

    strategy_yield(self);
    if (moment <= model.now) {
        model_point(OP_YIELD, NULL, pc);
        return 0;
    }
    self->interruptible = true;
    (void)model_park(OP_SLEEP, NULL, pc, never, moment);
    self->interruptible = false;
    return moment > model.now ? moment - model.now : 0;
}

unsigned __wrap_sleep(unsigned seconds)
{
    if (!model_is_on())
        return __real_sleep(seconds);
    int64_t left = sleep_until(moment_after((int64_t)seconds * SECOND), CALLER);
    return (unsigned)((left + SECOND - 1) / SECOND);
}

static int interrupted(int64_t left, struct timespec *rest)
{
    if (left == 0)
        return 0;
    if (rest != NULL)
        *rest = timespec_of(left);
    return EINTR;
}

static bool is_valid(const struct timespec *time)
{
    return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < SECOND;
}

static int fail(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int __wrap_usleep(useconds_t microseconds)
{
    if (!model_is_on())
        return __real_usleep(microseconds);
    int64_t moment = moment_after((int64_t)microseconds * 1000);
    return fail(interrupted(sleep_until(moment, CALLER), NULL));
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    if (!model_is_on())
        return __real_nanosleep(time, left);
    if (!is_valid(time))
        return fail(EINVAL);
    int64_t moment = moment_after(nanoseconds(time));
    return fail(interrupted(sleep_until(moment, CALLER), left));
}

int __wrap_clock_nanosleep(clockid_t clock, int flags,
                           const struct timespec *time, struct timespec *left)
{
    if (!model_is_on())
        return __real_clock_nanosleep(clock, flags, time, left);
    if (!is_valid(time))
        return EINVAL;
    bool absolute = (flags & TIMER_ABSTIME) != 0;
    int64_t moment = absolute ? clock_absolute(clock, time)
                              : moment_after(nanoseconds(time));
    return interrupted(sleep_until(moment, CALLER), absolute ? NULL : left);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    if (!model_is_on())
        return __real_clock_gettime(clock, time);
    if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
        verdict_end(EXPLORE_UNMODELLED, "clock_gettime() of processor time is "
                                        "not modelled (at " VERDICT_LINE ")",
                    CALLER);
    *time = timespec_of(model.now);
    time->tv_sec += start_of(clock);
    return 0;
}

time_t __wrap_time(time_t *time)
{
    if (!model_is_on())
        return __real_time(time);
    time_t now = model.options.start + model.now / SECOND;
    if (time != NULL)
        *time = now;
    return now;
}

int __wrap_gettimeofday(struct timeval *time, void *zone)
{
    if (!model_is_on())
        return __real_gettimeofday(time, zone);
    time->tv_sec = model.options.start + model.now / SECOND;
    time->tv_usec = model.now % SECOND / 1000;
    return 0;
}

int __wrap_timespec_get(struct timespec *time, int base)
{
    if (!model_is_on())
        return __real_timespec_get(time, base);
    if (base != TIME_UTC)
        return 0;
    (void)__wrap_clock_gettime(CLOCK_REALTIME, time);
    return base;
}
