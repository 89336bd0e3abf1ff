#include "calls.h"

enum { THREADS = 3, ROUNDS = 2 };

static pthread_barrier_t barrier;
static int written[ROUNDS][THREADS];
static int serials;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* All that was written before a round is seen after it. */
static void *take_part(void *arg)
{
    int me = (int)(intptr_t)arg;

    for (int round = 0; round < ROUNDS; round++) {
        written[round][me] = 1;
        int result = pthread_barrier_wait(&barrier);
        explore_assert(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
        for (int i = 0; i < THREADS; i++)
            explore_assert(written[round][i] == 1);
        pthread_mutex_lock(&mutex);
        serials += result == PTHREAD_BARRIER_SERIAL_THREAD;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void rounds(void)
{
    pthread_t threads[THREADS];

    explore_assert(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++)
        threads[i] = start(take_part, (void *)(intptr_t)i);
    for (int i = 0; i < THREADS; i++)
        join(threads[i]);
    explore_assert(serials == ROUNDS);
    explore_assert(pthread_barrier_destroy(&barrier) == 0);
}

static void values(void)
{
    explore_assert(pthread_barrier_init(&barrier, NULL, 0) == EINVAL);
    explore_assert(pthread_barrier_init(&barrier, NULL, 1) == 0);
    explore_assert(pthread_barrier_wait(&barrier) ==
                   PTHREAD_BARRIER_SERIAL_THREAD);
    explore_assert(pthread_barrier_destroy(&barrier) == 0);
}

static void *arrive(void *arg)
{
    (void)arg;
    pthread_barrier_wait(&barrier);
    return NULL;
}

static void too_few(void)
{
    pthread_barrier_init(&barrier, NULL, 3);
    pthread_t one = start(arrive, NULL);
    arrive(NULL);
    join(one);
}

static void destroy_waited(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_t one = start(arrive, NULL);
    explore_until_blocked(one);
    pthread_barrier_destroy(&barrier);
    join(one);
}

static void use_destroyed(void)
{
    pthread_barrier_init(&barrier, NULL, 1);
    pthread_barrier_destroy(&barrier);
    pthread_barrier_wait(&barrier);
}

static int shared;

static void *write_after(void *arg)
{
    (void)arg;
    pthread_barrier_wait(&barrier);
    shared++;
    return NULL;
}

static void no_edge_after(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_t one = start(write_after, NULL);
    pthread_t two = start(write_after, NULL);
    join(one);
    join(two);
}

const struct example examples[] = {
    {.name = "rounds", .run = rounds},
    {.name = "values", .run = values},
    {.name = "too_few",
     .run = too_few,
     .verdict = EXPLORE_DEADLOCK,
     .says = "barrier 1"},
    {.name = "destroy_waited",
     .run = destroy_waited,
     .verdict = EXPLORE_MISUSE,
     .says = "1 thread waits at it"},
    {.name = "use_destroyed",
     .run = use_destroyed,
     .verdict = EXPLORE_MISUSE,
     .says = "was destroyed"},
    {.name = "no_edge_after",
     .run = no_edge_after,
     .verdict = EXPLORE_RACE,
     .only_tsan = true},
    {.name = NULL},
};
