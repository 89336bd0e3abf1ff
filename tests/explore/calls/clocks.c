#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "calls.h"

static void sleeping(void)
{
    const struct timespec time = {0, 250 * MS};

    explore_assert(sleep(3) == 0);
    explore_assert(now() == 3000L * MS);
    explore_assert(usleep(500) == 0);
    explore_assert(now() == 3000L * MS + 500000);
    explore_assert(nanosleep(&time, NULL) == 0);
    explore_assert(now() == 3250L * MS + 500000);
    explore_assert(sleep(0) == 0);
    explore_assert(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL) == 0);
    explore_assert(now() == 3500L * MS + 500000);
}

static void until(void)
{
    const struct timespec steady = in_ms(CLOCK_MONOTONIC, 20);
    const struct timespec wall = in_ms(CLOCK_REALTIME, 50);

    explore_assert(
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &steady, NULL) == 0);
    explore_assert(now() == 20L * MS);
    explore_assert(
        clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &wall, NULL) == 0);
    explore_assert(now() == 50L * MS);
    explore_assert(
        clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &wall, NULL) == 0);
    explore_assert(now() == 50L * MS); /* past already */
}

static void bad_times(void)
{
    const struct timespec bad = {0, 1000000000};
    const struct timespec negative = {-1, 0};
    const struct timespec zero = {0, 0};
    struct timespec time;

    errno = 0;
    explore_assert(nanosleep(&bad, NULL) == -1 && errno == EINVAL);
    explore_assert(nanosleep(&negative, NULL) == -1 && errno == EINVAL);
    explore_assert(clock_nanosleep(CLOCK_REALTIME, 0, &bad, NULL) == EINVAL);
    explore_assert(clock_nanosleep(99, 0, &zero, NULL) == EINVAL);
    explore_assert(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &zero, NULL) ==
                   EINVAL);
    explore_assert(clock_gettime(99, &time) == -1 && errno == EINVAL);
    explore_assert(now() == 0);
}

/* The wall clock starts when it is told to; clocks agree. */
static void clocks(void)
{
    struct timespec wall;
    struct timespec other;
    struct timeval micro;
    time_t seconds;

    explore_assert(time(NULL) == 1000000000);
    usleep(1500000);
    explore_assert(time(&seconds) == 1000000001 && seconds == 1000000001);
    clock_gettime(CLOCK_REALTIME, &wall);
    explore_assert(wall.tv_sec == 1000000001 && wall.tv_nsec == 500 * MS);
    explore_assert(timespec_get(&other, TIME_UTC) == TIME_UTC);
    explore_assert(memcmp(&wall, &other, sizeof wall) == 0);
    explore_assert(timespec_get(&other, 77) == 0);
    explore_assert(gettimeofday(&micro, NULL) == 0);
    explore_assert(micro.tv_sec == 1000000001 && micro.tv_usec == 500000);
}

static int order;

static void *come(void *arg)
{
    const int *nth = arg;
    const struct timespec time = {*nth, 0};

    nanosleep(&time, NULL);
    explore_assert(order == *nth - 1);
    order = *nth;
    return NULL;
}

/* Ordered by time, which is no synchronisation: ThreadSanitizer says so. */
static void in_order_of_time(void)
{
    static const int nth[] = {1, 2};
    pthread_t two = start(come, (void *)(uintptr_t)&nth[1]);
    pthread_t one = start(come, (void *)(uintptr_t)&nth[0]);

    join(one);
    join(two);
    explore_assert(now() == 2000L * MS);
}

static void *never(void *arg)
{
    const struct timespec far = {INT64_MAX, 999999999};

    (void)arg;
    nanosleep(&far, NULL);
    return NULL;
}

static void far_time(void)
{
    join(start(never, NULL));
}

/* Whoever looks at the clock in a loop sees it move. */
static void polling(void)
{
    while (now() < 2000L * MS)
        continue;
}

static void polling_and_yielding(void)
{
    const time_t end = time(NULL) + 5;

    while (time(NULL) < end)
        sched_yield();
}

static void errno_is_kept(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

    errno = 7;
    pthread_mutex_lock(&mutex);
    sleep(1);
    pthread_mutex_unlock(&mutex);
    explore_assert(errno == 7);
}

static void *take_turns(void *arg)
{
    for (int i = 0; i < 5; i++) {
        errno = *(const int *)arg;
        sched_yield();
        explore_assert(errno == *(const int *)arg);
    }
    return NULL;
}

static void errno_of_each(void)
{
    static const int values[] = {3, 4};
    pthread_t one = start(take_turns, (void *)(uintptr_t)&values[0]);
    pthread_t two = start(take_turns, (void *)(uintptr_t)&values[1]);

    join(one);
    join(two);
}

const struct example examples[] = {
    {.name = "sleeping", .run = sleeping},
    {.name = "until", .run = until},
    {.name = "bad_times", .run = bad_times},
    {.name = "clocks", .run = clocks, .options = {.start = 1000000000}},
    {.name = "in_order_of_time",
     .run = in_order_of_time,
     .verdict = EXPLORE_RACE,
     .only_tsan = true},
    {.name = "far_time", .run = far_time, .verdict = EXPLORE_DEADLOCK},
    {.name = "polling", .run = polling},
    {.name = "polling_and_yielding",
     .run = polling_and_yielding,
     .options = {.schedules = 10}},
    {.name = "errno_is_kept", .run = errno_is_kept},
    {.name = "errno_of_each", .run = errno_of_each},
    {.name = NULL},
};
