#include <limits.h>
#include <semaphore.h>

#include "calls.h"

static sem_t sem;
static int shared;

static void values(void)
{
    int value = -1;

    explore_assert(sem_init(&sem, 0, 2) == 0);
    explore_assert(sem_getvalue(&sem, &value) == 0 && value == 2);
    explore_assert(sem_wait(&sem) == 0);
    explore_assert(sem_trywait(&sem) == 0);
    errno = 0;
    explore_assert(sem_trywait(&sem) == -1 && errno == EAGAIN);
    explore_assert(sem_getvalue(&sem, &value) == 0 && value == 0);
    explore_assert(sem_post(&sem) == 0);
    explore_assert(sem_getvalue(&sem, &value) == 0 && value == 1);
    explore_assert(sem_destroy(&sem) == 0);
    explore_assert(sem_init(&sem, 0, SEM_VALUE_MAX) == 0);
    explore_assert(sem_post(&sem) == -1 && errno == EOVERFLOW);
    explore_assert(sem_init(&sem, 0, (unsigned)SEM_VALUE_MAX + 1) == -1);
    explore_assert(errno == EINVAL);
}

static void *give(void *arg)
{
    (void)arg;
    shared = 1;
    explore_assert(sem_post(&sem) == 0);
    return NULL;
}

/* A post and the wait that takes it are an edge. */
static void edge(void)
{
    sem_init(&sem, 0, 0);
    pthread_t other = start(give, NULL);
    explore_assert(sem_wait(&sem) == 0);
    explore_assert(shared == 1);
    join(other);
    sem_destroy(&sem);
}

static void edge_of_try(void)
{
    sem_init(&sem, 0, 0);
    pthread_t other = start(give, NULL);
    if (sem_trywait(&sem) == 0)
        shared = 2;
    join(other);
    explore_observe((uint64_t)shared);
}

/* Who has only seen a failing try has no edge. */
static void no_edge(void)
{
    sem_init(&sem, 0, 0);
    pthread_t other = start(give, NULL);
    (void)sem_trywait(&sem);
    shared = 2;
    join(other);
}

static void *wait_and_add(void *arg)
{
    (void)arg;
    explore_assert(sem_wait(&sem) == 0);
    shared++;
    explore_assert(sem_post(&sem) == 0);
    return NULL;
}

static void exclusion(void)
{
    sem_init(&sem, 0, 1);
    pthread_t one = start(wait_and_add, NULL);
    pthread_t two = start(wait_and_add, NULL);
    join(one);
    join(two);
    explore_assert(shared == 2);
}

static void timed(void)
{
    const struct timespec bad = {1, 1000000000};
    const struct timespec far = {INT64_MAX, 0};
    struct timespec until = in_ms(CLOCK_REALTIME, 700);

    sem_init(&sem, 0, 1);
    explore_assert(sem_timedwait(&sem, &bad) == -1 && errno == EINVAL);
    explore_assert(sem_timedwait(&sem, &far) == 0);
    explore_assert(sem_timedwait(&sem, &until) == -1 && errno == ETIMEDOUT);
    explore_assert(now() == 700L * MS);
    until = in_ms(CLOCK_MONOTONIC, 300);
    explore_assert(sem_clockwait(&sem, CLOCK_MONOTONIC, &until) == -1);
    explore_assert(errno == ETIMEDOUT && now() == 1000L * MS);
    explore_assert(sem_clockwait(&sem, 99, &until) == -1 && errno == EINVAL);
}

static void *give_at_2_s(void *arg)
{
    const struct timespec time = {2, 0};

    nanosleep(&time, NULL);
    return give(arg);
}

static void in_time(void)
{
    const struct timespec until = in_ms(CLOCK_REALTIME, 2001);

    sem_init(&sem, 0, 0);
    pthread_t other = start(give_at_2_s, NULL);
    explore_assert(sem_timedwait(&sem, &until) == 0);
    explore_assert(now() == 2000L * MS && shared == 1);
    join(other);
}

static void nobody_posts(void)
{
    sem_init(&sem, 0, 0);
    sem_wait(&sem);
}

static void use_destroyed(void)
{
    sem_init(&sem, 0, 1);
    sem_destroy(&sem);
    sem_wait(&sem);
}

static void destroy_waited(void)
{
    sem_init(&sem, 0, 0);
    pthread_t other = start(wait_and_add, NULL);
    explore_until_blocked(other);
    sem_destroy(&sem);
    join(other);
}

const struct example examples[] = {
    {.name = "values", .run = values},
    {.name = "edge", .run = edge},
    {.name = "edge_of_try", .run = edge_of_try},
    {.name = "no_edge",
     .run = no_edge,
     .verdict = EXPLORE_RACE,
     .only_tsan = true},
    {.name = "exclusion", .run = exclusion},
    {.name = "timed", .run = timed},
    {.name = "in_time", .run = in_time},
    {.name = "nobody_posts",
     .run = nobody_posts,
     .verdict = EXPLORE_DEADLOCK,
     .says = "semaphore 1"},
    {.name = "use_destroyed",
     .run = use_destroyed,
     .verdict = EXPLORE_MISUSE,
     .says = "was destroyed"},
    {.name = "destroy_waited",
     .run = destroy_waited,
     .verdict = EXPLORE_MISUSE,
     .says = "waits for it"},
    {.name = NULL},
};
