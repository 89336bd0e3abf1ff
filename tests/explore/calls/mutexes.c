#include "calls.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int shared;

static void make(pthread_mutex_t *mutex_to_be, int type)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    explore_assert(pthread_mutex_init(mutex_to_be, &attributes) == 0);
    pthread_mutexattr_destroy(&attributes);
}

/* --- Mutual exclusion, and its edges --- */

static void *add(void *arg)
{
    (void)arg;
    explore_assert(pthread_mutex_lock(&mutex) == 0);
    shared++;
    explore_assert(pthread_mutex_unlock(&mutex) == 0);
    return NULL;
}

static void exclusion(void)
{
    pthread_t one = start(add, NULL);
    pthread_t two = start(add, NULL);

    join(one);
    join(two);
    explore_assert(shared == 2);
}

static void *try_to_add(void *arg)
{
    (void)arg;
    if (pthread_mutex_trylock(&mutex) == 0) {
        shared++;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void trying(void)
{
    pthread_t one = start(try_to_add, NULL);
    pthread_t two = start(add, NULL);

    join(one);
    join(two);
    explore_assert(shared == 1 || shared == 2);
    explore_observe((uint64_t)shared);
}

static void *only_add(void *arg)
{
    (void)arg;
    shared++;
    return NULL;
}

static void no_edge(void)
{
    pthread_t one = start(only_add, NULL);
    pthread_t two = start(add, NULL);

    join(one);
    join(two);
}

/* --- Types --- */

static void recursive(void)
{
    pthread_mutex_t own;

    make(&own, PTHREAD_MUTEX_RECURSIVE);
    explore_assert(pthread_mutex_lock(&own) == 0);
    explore_assert(pthread_mutex_lock(&own) == 0);
    explore_assert(pthread_mutex_trylock(&own) == 0);
    explore_assert(pthread_mutex_unlock(&own) == 0);
    explore_assert(pthread_mutex_unlock(&own) == 0);
    explore_assert(pthread_mutex_unlock(&own) == 0);
    explore_assert(pthread_mutex_destroy(&own) == 0);
}

static void *unlock_other(void *arg)
{
    explore_assert(pthread_mutex_unlock(arg) == EPERM);
    return NULL;
}

static void error_checking(void)
{
    const struct timespec soon = in_ms(CLOCK_REALTIME, 10);
    pthread_mutex_t own;

    make(&own, PTHREAD_MUTEX_ERRORCHECK);
    explore_assert(pthread_mutex_unlock(&own) == EPERM);
    explore_assert(pthread_mutex_lock(&own) == 0);
    explore_assert(pthread_mutex_lock(&own) == EDEADLK);
    explore_assert(pthread_mutex_trylock(&own) == EBUSY);
    explore_assert(pthread_mutex_timedlock(&own, &soon) == EDEADLK);
    explore_assert(now() == 0);
    join(start(unlock_other, &own));
    explore_assert(pthread_mutex_unlock(&own) == 0);
    explore_assert(pthread_mutex_destroy(&own) == 0);
}

/* --- Time --- */

static void *hold_for_5_s(void *arg)
{
    struct timespec time = {5, 0};

    (void)arg;
    pthread_mutex_lock(&mutex);
    nanosleep(&time, NULL);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void timed_out(void)
{
    const struct timespec until = in_ms(CLOCK_REALTIME, 2000);
    const struct timespec too = in_ms(CLOCK_MONOTONIC, 3000);
    pthread_t other = start(hold_for_5_s, NULL);

    explore_until_blocked(other);
    explore_assert(pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT);
    explore_assert(now() == 2000L * MS);
    explore_assert(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &too) ==
                   ETIMEDOUT);
    explore_assert(now() == 3000L * MS);
    explore_assert(pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT);
    explore_assert(now() == 3000L * MS); /* it was past already */
    join(other);
}

static void in_time(void)
{
    const struct timespec until = in_ms(CLOCK_REALTIME, 6000);
    pthread_t other = start(hold_for_5_s, NULL);

    explore_until_blocked(other);
    explore_assert(pthread_mutex_timedlock(&mutex, &until) == 0);
    explore_assert(now() == 5000L * MS);
    pthread_mutex_unlock(&mutex);
    join(other);
}

static void own_lock(void)
{
    const struct timespec until = in_ms(CLOCK_REALTIME, 10);

    pthread_mutex_lock(&mutex);
    explore_assert(pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT);
    explore_assert(now() == 10L * MS);
    pthread_mutex_unlock(&mutex);
}

static void bad_times(void)
{
    const struct timespec bad = {1, 1000000000};
    const struct timespec negative = {1, -1};
    const struct timespec past = {INT64_MIN, 0};

    explore_assert(pthread_mutex_timedlock(&mutex, &bad) == 0);
    explore_assert(pthread_mutex_timedlock(&mutex, &bad) == EINVAL);
    explore_assert(pthread_mutex_timedlock(&mutex, &negative) == EINVAL);
    explore_assert(pthread_mutex_timedlock(&mutex, &past) == ETIMEDOUT);
    explore_assert(pthread_mutex_clocklock(&mutex, 99, &past) == EINVAL);
    pthread_mutex_unlock(&mutex);
    explore_assert(pthread_mutex_timedlock(&mutex, &past) == 0);
    pthread_mutex_unlock(&mutex);
    explore_assert(now() == 0);
}

static void far_time(void)
{
    const struct timespec far = {INT64_MAX, 999999999};
    pthread_t other = start(hold_for_5_s, NULL);

    explore_until_blocked(other);
    explore_assert(pthread_mutex_timedlock(&mutex, &far) == 0);
    explore_assert(now() == 5000L * MS);
    pthread_mutex_unlock(&mutex);
    join(other);
}

/* --- Misuse --- */

static void relock(void)
{
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
}

static void *unlock(void *arg)
{
    pthread_mutex_unlock(arg);
    return NULL;
}

static void unlock_of_other(void)
{
    pthread_mutex_lock(&mutex);
    join(start(unlock, &mutex));
}

static void unlock_of_free(void)
{
    pthread_mutex_unlock(&mutex);
}

static void destroy_held(void)
{
    pthread_mutex_lock(&mutex);
    pthread_mutex_destroy(&mutex);
}

static void use_destroyed(void)
{
    pthread_mutex_destroy(&mutex);
    pthread_mutex_lock(&mutex);
}

static void use_garbage(void)
{
    pthread_mutex_t own;

    for (size_t i = 0; i < sizeof own; i++)
        ((unsigned char *)&own)[i] = 0xa5;
    pthread_mutex_lock(&own);
}

static void destroy_before(void)
{
    pthread_t other = start(add, NULL);

    pthread_mutex_destroy(&mutex);
    join(other);
}

static void init_again(void)
{
    explore_assert(pthread_mutex_destroy(&mutex) == 0);
    explore_assert(pthread_mutex_init(&mutex, NULL) == 0);
    explore_assert(pthread_mutex_lock(&mutex) == 0);
    explore_assert(pthread_mutex_unlock(&mutex) == 0);
}

const struct example examples[] = {
    {.name = "exclusion", .run = exclusion},
    {.name = "trying", .run = trying},
    {.name = "no_edge",
     .run = no_edge,
     .verdict = EXPLORE_RACE,
     .only_tsan = true},
    {.name = "recursive", .run = recursive},
    {.name = "error_checking", .run = error_checking},
    {.name = "timed_out", .run = timed_out},
    {.name = "in_time", .run = in_time},
    {.name = "own_lock", .run = own_lock},
    {.name = "bad_times", .run = bad_times},
    {.name = "far_time", .run = far_time},
    {.name = "relock",
     .run = relock,
     .verdict = EXPLORE_MISUSE,
     .says = "again"},
    {.name = "unlock_of_other",
     .run = unlock_of_other,
     .verdict = EXPLORE_MISUSE,
     .says = "but thread 0 holds it"},
    {.name = "unlock_of_free",
     .run = unlock_of_free,
     .verdict = EXPLORE_MISUSE,
     .says = "nobody holds it"},
    {.name = "destroy_held",
     .run = destroy_held,
     .verdict = EXPLORE_MISUSE,
     .says = "destroyed while thread 0 holds it"},
    {.name = "use_destroyed",
     .run = use_destroyed,
     .verdict = EXPLORE_MISUSE,
     .says = "was destroyed"},
    {.name = "use_garbage",
     .run = use_garbage,
     .verdict = EXPLORE_MISUSE,
     .says = "never initialised"},
    {.name = "destroy_before",
     .run = destroy_before,
     .verdict = EXPLORE_MISUSE},
    {.name = "init_again", .run = init_again},
    {.name = NULL},
};
