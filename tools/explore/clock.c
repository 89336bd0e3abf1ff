/* Virtual time: it stands still while a thread runs, and jumps to the next
 * deadline when none can. */
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
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

enum {
    SECOND = CALLS_SECOND,
    MONOTONIC_START = 1000, /* seconds */
    LOOKS = 1000,           /* at the clock, until a look takes time */
    FIRST_LOOK = 1000000    /* and how many ns the first such look takes */
};

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

/* Times beyond what 64 bits hold are never, or long ago. */
static int64_t nanoseconds(const struct timespec *time)
{
    int64_t ns;

    if (__builtin_mul_overflow(time->tv_sec, (int64_t)SECOND, &ns) ||
        __builtin_add_overflow(ns, time->tv_nsec, &ns))
        return time->tv_sec < 0 ? INT64_MIN : MODEL_NEVER;
    return ns;
}

/* A moment on the clock, as ns since the start. */
int64_t clock_absolute(clockid_t clock, const struct timespec *when)
{
    struct timespec since = *when;

    if (__builtin_sub_overflow(when->tv_sec, start_of(clock), &since.tv_sec))
        return when->tv_sec < 0 ? INT64_MIN : MODEL_NEVER;
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

/* Returns what is left of the time: nothing, but for a signal's handler. */
static int64_t sleep_until(int64_t moment, const void *pc)
{
    struct thread *self = model_self;

    strategy_yield(self);
    if (moment <= model.now) {
        model_point(OP_YIELD, NULL, pc);
        return 0;
    }
    (void)signals_park(OP_SLEEP, NULL, pc, call_never, moment, false);
    return moment > model.now ? moment - model.now : 0;
}

unsigned __wrap_sleep(unsigned seconds)
{
    if (!model_is_on())
        return __real_sleep(seconds);
    int64_t left = sleep_until(moment_after((int64_t)seconds * SECOND), CALLER);
    return (unsigned)(left / SECOND); /* as the C library rounds it */
}

static int interrupted(int64_t left, struct timespec *rest)
{
    if (left == 0)
        return 0;
    if (rest != NULL)
        *rest = timespec_of(left);
    return EINTR;
}

static bool is_duration(const struct timespec *time)
{
    return time->tv_sec >= 0 && call_time_is_valid(time);
}

int clock_sleep(const struct timespec *duration, struct timespec *left,
                const void *pc)
{
    if (!is_duration(duration))
        return EINVAL;
    return interrupted(sleep_until(clock_moment_after(duration), pc), left);
}

int __wrap_usleep(useconds_t microseconds)
{
    if (!model_is_on())
        return __real_usleep(microseconds);
    int64_t moment = moment_after((int64_t)microseconds * 1000);
    return call_result(interrupted(sleep_until(moment, CALLER), NULL));
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    if (!model_is_on())
        return __real_nanosleep(time, left);
    return call_result(clock_sleep(time, left, CALLER));
}

static bool is_processor_time(clockid_t clock)
{
    return clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID ||
           clock == CLOCK_THREAD_CPUTIME_ID;
}

static void refuse_processor_time(clockid_t clock, const char *call,
                                  const void *pc)
{
    if (is_processor_time(clock))
        verdict_end(EXPLORE_UNMODELLED,
                    "%s() of processor time is not modelled (at " VERDICT_LINE
                    ")",
                    call, pc);
}

/* 0: one can sleep by this clock. */
static int check_sleep(clockid_t clock, const void *pc)
{
    if (clock == CLOCK_THREAD_CPUTIME_ID || clock > CLOCK_TAI)
        return EINVAL;
    refuse_processor_time(clock, "clock_nanosleep", pc);
    return clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_REALTIME_COARSE ||
                   clock == CLOCK_MONOTONIC_COARSE
               ? ENOTSUP
               : 0;
}

int __wrap_clock_nanosleep(clockid_t clock, int flags,
                           const struct timespec *time, struct timespec *left)
{
    if (!model_is_on())
        return __real_clock_nanosleep(clock, flags, time, left);
    int error = check_sleep(clock, CALLER);

    if (error != 0)
        return error;
    if (!is_duration(time))
        return EINVAL;
    if ((flags & TIMER_ABSTIME) == 0)
        return clock_sleep(time, left, CALLER);
    return interrupted(sleep_until(clock_absolute(clock, time), CALLER), NULL);
}

/* A thread that looks at the clock again and again waits for it to move; so now
 * a look takes time, and then longer. */
static void look(const void *pc)
{
    struct thread *self = model_self;

    if (self->looked_at != model.now)
        self->looks = 0;
    self->looked_at = model.now;
    if (++self->looks < LOOKS)
        return;
    self->looks = 0;
    self->look_takes = self->look_takes == 0       ? FIRST_LOOK
                       : self->look_takes < SECOND ? 2 * self->look_takes
                                                   : SECOND;
    (void)model_park(OP_SLEEP, NULL, pc, call_never,
                     moment_after(self->look_takes));
}

static struct timespec now_by(clockid_t clock)
{
    struct timespec time = timespec_of(model.now);

    time.tv_sec += start_of(clock);
    return time;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    if (!model_is_on())
        return __real_clock_gettime(clock, time);
    refuse_processor_time(clock, "clock_gettime", CALLER);
    if (clock > CLOCK_TAI)
        return call_result(EINVAL);
    look(CALLER);
    *time = now_by(clock);
    return 0;
}

time_t __wrap_time(time_t *time)
{
    if (!model_is_on())
        return __real_time(time);
    look(CALLER);
    time_t now = now_by(CLOCK_REALTIME).tv_sec;
    if (time != NULL)
        *time = now;
    return now;
}

int __wrap_gettimeofday(struct timeval *time, void *zone)
{
    if (!model_is_on())
        return __real_gettimeofday(time, zone);
    look(CALLER);
    struct timespec now = now_by(CLOCK_REALTIME);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

int __wrap_timespec_get(struct timespec *time, int base)
{
    if (!model_is_on())
        return __real_timespec_get(time, base);
    if (base != TIME_UTC)
        return 0;
    look(CALLER);
    *time = now_by(CLOCK_REALTIME);
    return base;
}

void explore_let_time_pass(bool passes)
{
    model.time_passes = passes;
}
