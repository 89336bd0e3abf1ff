/* Atomic operations, blocks, and loops that wait for either. */
#include <stdatomic.h>

#include "calls.h"

static atomic_int counter;
static atomic_int flag;
static int plain;

static void *add_in_two_steps(void *arg)
{
    (void)arg;
    atomic_store(&counter, atomic_load(&counter) + 1);
    return NULL;
}

static void *add_in_one(void *arg)
{
    (void)arg;
    atomic_fetch_add(&counter, 1);
    return NULL;
}

static void run_two(void *(*run)(void *))
{
    pthread_t one = start(run, NULL);
    pthread_t two = start(run, NULL);

    join(one);
    join(two);
    explore_assert(counter == 2);
}

static void lost_update(void)
{
    run_two(add_in_two_steps);
}

static void no_update_lost(void)
{
    run_two(add_in_one);
}

static void *add_by_comparing(void *arg)
{
    int seen = atomic_load(&counter);

    (void)arg;
    while (!atomic_compare_exchange_weak(&counter, &seen, seen + 1))
        continue;
    return NULL;
}

static void comparing(void)
{
    run_two(add_by_comparing);
}

static void *publish(void *arg)
{
    (void)arg;
    plain = 42;
    atomic_store_explicit(&flag, 1, memory_order_release);
    return NULL;
}

static void spinning(void)
{
    pthread_t other = start(publish, NULL);

    while (!atomic_load_explicit(&flag, memory_order_acquire))
        continue;
    explore_assert(plain == 42);
    join(other);
}

/* ThreadSanitizer judges by the order that was asked for. */
static void too_weak(void)
{
    pthread_t other = start(publish, NULL);

    while (!atomic_load_explicit(&flag, memory_order_relaxed))
        continue;
    explore_assert(plain == 42);
    join(other);
}

static void all_sizes(void)
{
    static _Atomic unsigned char byte;
    static _Atomic short two;
    static _Atomic long eight;
    unsigned char expected = 1;

    explore_assert(atomic_exchange(&byte, 1) == 0);
    explore_assert(atomic_compare_exchange_strong(&byte, &expected, 7));
    explore_assert(!atomic_compare_exchange_strong(&byte, &expected, 8));
    explore_assert(expected == 7 && atomic_fetch_or(&byte, 8) == 7);
    explore_assert(atomic_fetch_and(&byte, 12) == 15 && byte == 12);
    explore_assert(atomic_fetch_xor(&byte, 4) == 12 && byte == 8);
    explore_assert(atomic_fetch_sub(&two, 3) == 0 && two == -3);
    explore_assert(atomic_fetch_add(&eight, 1L << 40) == 0);
    explore_assert(atomic_load(&eight) == 1L << 40);
    atomic_thread_fence(memory_order_seq_cst);
}

static volatile int stop;

static void *set_stop(void *arg)
{
    (void)arg;
    stop = 1;
    return NULL;
}

/* It ends; ThreadSanitizer sees the race. */
static void spinning_on_plain(void)
{
    pthread_t other = start(set_stop, NULL);

    while (!stop)
        continue;
    join(other);
}

static void *compute(void *arg)
{
    volatile unsigned sum = 0;

    for (unsigned i = 0; i < 3000000; i++)
        sum += i;
    return sum == 1 ? NULL : arg;
}

/* A long computation does not use up the steps. */
static void computing(void)
{
    pthread_t other = start(compute, NULL);

    compute(NULL);
    join(other);
}

const struct example examples[] = {
    {.name = "lost_update",
     .run = lost_update,
     .verdict = EXPLORE_WRONG,
     .only_tsan = true},
    {.name = "no_update_lost", .run = no_update_lost},
    {.name = "comparing", .run = comparing},
    {.name = "spinning", .run = spinning},
    {.name = "too_weak",
     .run = too_weak,
     .verdict = EXPLORE_RACE,
     .only_tsan = true},
    {.name = "all_sizes", .run = all_sizes},
    {.name = "spinning_on_plain",
     .run = spinning_on_plain,
     .verdict = EXPLORE_RACE,
     .only_tsan = true},
    {.name = "computing",
     .run = computing,
     .options = {.schedules = 5, .steps = 6000}},
    {.name = NULL},
};
