#include "calls.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int ready;
static int woken;

static void *wait_once(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mutex);
    explore_assert(pthread_cond_wait(&cond, &mutex) == 0);
    woken++;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *wait_until_ready(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mutex);
    while (!ready)
        explore_assert(pthread_cond_wait(&cond, &mutex) == 0);
    woken++;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void signal_wakes_one(void)
{
    pthread_t one = start(wait_once, NULL);
    pthread_t two = start(wait_once, NULL);

    explore_until_blocked(one);
    explore_until_blocked(two);
    pthread_mutex_lock(&mutex);
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    explore_until_blocked(one);
    explore_until_blocked(two);
    pthread_mutex_lock(&mutex);
    explore_assert(woken == 1);
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    join(one);
    join(two);
}

static void broadcast_wakes_all(void)
{
    pthread_t one = start(wait_once, NULL);
    pthread_t two = start(wait_once, NULL);

    explore_until_blocked(one);
    explore_until_blocked(two);
    pthread_cond_broadcast(&cond);
    join(one);
    join(two);
    explore_assert(woken == 2);
}

static void nothing_lost(void)
{
    pthread_t one = start(wait_until_ready, NULL);
    pthread_t two = start(wait_until_ready, NULL);

    pthread_mutex_lock(&mutex);
    ready = 1;
    pthread_cond_signal(&cond);
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    join(one);
    join(two);
    explore_assert(woken == 2);
}

static void signalled_too_early(void)
{
    pthread_t one = start(wait_once, NULL);

    pthread_cond_signal(&cond);
    join(one);
}

static void for_no_reason(void)
{
    join(start(wait_once, NULL));
}

static void *wait_with_if(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mutex);
    if (!ready)
        pthread_cond_wait(&cond, &mutex);
    explore_assert(ready);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void if_for_while(void)
{
    pthread_t one = start(wait_with_if, NULL);

    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_mutex_lock(&mutex);
    ready = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    join(one);
}

/* --- Time --- */

static void timed_out(void)
{
    const struct timespec until = in_ms(CLOCK_REALTIME, 1500);

    pthread_mutex_lock(&mutex);
    explore_assert(pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT);
    explore_assert(now() == 1500L * MS);
    explore_assert(pthread_mutex_unlock(&mutex) == 0);
}

static void by_monotonic_clock(void)
{
    const struct timespec until = in_ms(CLOCK_MONOTONIC, 1500);
    pthread_condattr_t attributes;
    pthread_cond_t own;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&own, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_lock(&mutex);
    explore_assert(pthread_cond_timedwait(&own, &mutex, &until) == ETIMEDOUT);
    explore_assert(now() == 1500L * MS);
    pthread_mutex_unlock(&mutex);
    explore_assert(pthread_cond_destroy(&own) == 0);
}

static void by_named_clock(void)
{
    const struct timespec wall = in_ms(CLOCK_REALTIME, 10);
    const struct timespec steady = in_ms(CLOCK_MONOTONIC, 30);

    pthread_mutex_lock(&mutex);
    explore_assert(pthread_cond_clockwait(&cond, &mutex, CLOCK_REALTIME,
                                          &wall) == ETIMEDOUT);
    explore_assert(now() == 10L * MS);
    explore_assert(pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC,
                                          &steady) == ETIMEDOUT);
    explore_assert(now() == 30L * MS);
    pthread_mutex_unlock(&mutex);
}

static void bad_times(void)
{
    const struct timespec bad = {1, 1000000000};
    const struct timespec past = {INT64_MIN, 0};
    const struct timespec before = {-1, 0};

    pthread_mutex_lock(&mutex);
    explore_assert(pthread_cond_timedwait(&cond, &mutex, &bad) == EINVAL);
    explore_assert(pthread_cond_timedwait(&cond, &mutex, &past) == ETIMEDOUT);
    explore_assert(pthread_cond_timedwait(&cond, &mutex, &before) == ETIMEDOUT);
    explore_assert(pthread_cond_clockwait(&cond, &mutex, 99, &past) == EINVAL);
    explore_assert(now() == 0);
    pthread_mutex_unlock(&mutex);
}

static void *signal_at_3_s(void *arg)
{
    const struct timespec time = {3, 0};

    (void)arg;
    nanosleep(&time, NULL);
    pthread_cond_signal(&cond);
    return NULL;
}

static void far_time(void)
{
    const struct timespec far = {INT64_MAX, 999999999};
    pthread_t other;

    pthread_mutex_lock(&mutex);
    other = start(signal_at_3_s, NULL);
    explore_assert(pthread_cond_timedwait(&cond, &mutex, &far) == 0);
    explore_assert(now() == 3000L * MS);
    pthread_mutex_unlock(&mutex);
    join(other);
}

/* At the deadline itself: either may come first, but nothing before it. When
 * the clock may jump, both may come late. */
static void at_the_deadline_if(bool clock_jumps)
{
    const struct timespec until = in_ms(CLOCK_REALTIME, 3000);
    pthread_t other;
    int result;

    pthread_mutex_lock(&mutex);
    other = start(signal_at_3_s, NULL);
    result = pthread_cond_timedwait(&cond, &mutex, &until);
    explore_assert(result == 0 || result == ETIMEDOUT);
    explore_assert(now() >= 3000L * MS);
    explore_assert(now() == 3000L * MS || clock_jumps);
    pthread_mutex_unlock(&mutex);
    join(other);
}

static void at_the_deadline(void)
{
    at_the_deadline_if(false);
}

static void late(void)
{
    at_the_deadline_if(true);
}

/* --- Misuse --- */

static void without_lock(void)
{
    pthread_cond_wait(&cond, &mutex);
}

static void *wait_with_other(void *arg)
{
    pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;

    (void)arg;
    pthread_mutex_lock(&own);
    pthread_cond_wait(&cond, &own);
    pthread_mutex_unlock(&own);
    return NULL;
}

static void two_locks(void)
{
    pthread_t one = start(wait_once, NULL);
    pthread_t two = start(wait_with_other, NULL);

    join(one);
    join(two);
}

static void destroy_waited(void)
{
    pthread_t one = start(wait_once, NULL);

    explore_until_blocked(one);
    pthread_cond_destroy(&cond);
    join(one);
}

static void use_destroyed(void)
{
    pthread_cond_destroy(&cond);
    pthread_cond_signal(&cond);
}

static void destroy_after_broadcast(void)
{
    pthread_t one = start(wait_once, NULL);

    explore_until_blocked(one);
    pthread_mutex_lock(&mutex);
    pthread_cond_broadcast(&cond);
    pthread_cond_destroy(&cond);
    pthread_mutex_unlock(&mutex);
    join(one);
}

#define SPURIOUS                                                               \
    {                                                                          \
        .faults = EXPLORE_SPURIOUS | EXPLORE_WAITER                            \
    }

const struct example examples[] = {
    {.name = "signal_wakes_one", .run = signal_wakes_one},
    {.name = "signal_wakes_any",
     .run = signal_wakes_one,
     .options = {.faults = EXPLORE_WAITER}},
    {.name = "broadcast_wakes_all", .run = broadcast_wakes_all},
    {.name = "nothing_lost", .run = nothing_lost},
    {.name = "nothing_lost_spuriously",
     .run = nothing_lost,
     .options = SPURIOUS},
    {.name = "signalled_too_early",
     .run = signalled_too_early,
     .verdict = EXPLORE_DEADLOCK,
     .says = "lost wake-up"},
    {.name = "for_no_reason",
     .run = for_no_reason,
     .verdict = EXPLORE_DEADLOCK,
     .options = SPURIOUS},
    {.name = "if_for_while",
     .run = if_for_while,
     .verdict = EXPLORE_WRONG,
     .options = SPURIOUS},
    {.name = "if_without_spurious", .run = if_for_while},
    {.name = "timed_out", .run = timed_out},
    {.name = "by_monotonic_clock", .run = by_monotonic_clock},
    {.name = "by_named_clock", .run = by_named_clock},
    {.name = "bad_times", .run = bad_times},
    {.name = "far_time", .run = far_time},
    {.name = "at_the_deadline", .run = at_the_deadline},
    {.name = "late", .run = late, .options = {.faults = EXPLORE_CLOCK}},
    {.name = "without_lock",
     .run = without_lock,
     .verdict = EXPLORE_MISUSE,
     .says = "does not hold"},
    {.name = "two_locks",
     .run = two_locks,
     .verdict = EXPLORE_MISUSE,
     .says = "two mutexes"},
    {.name = "destroy_waited",
     .run = destroy_waited,
     .verdict = EXPLORE_MISUSE,
     .says = "destroyed while thread 1 waits"},
    {.name = "use_destroyed",
     .run = use_destroyed,
     .verdict = EXPLORE_MISUSE,
     .says = "was destroyed"},
    {.name = "destroy_after_broadcast", .run = destroy_after_broadcast},
    {.name = NULL},
};
