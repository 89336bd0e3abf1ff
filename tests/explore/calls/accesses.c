/* Linked with the names in accesses.txt wrapped, too: then a plain access is a
 * point, and what other threads do between two of them is explored. */
#include <stdatomic.h>

#include "calls.h"

static atomic_int looked;
static int value;

static void *change(void *arg)
{
    value = 1;
    value = 2; /* RACE */
    return arg;
}

/* Reported at the lines of the program, not of the wrappers. */
static void race(void)
{
    pthread_t other = start(change, NULL);

    explore_assert(value >= 0); /* RACE */
    join(other);
}

/* A relaxed look in between orders nothing, and touches nothing else. */
static void *look(void *arg)
{
    atomic_fetch_add_explicit(&looked, 1, memory_order_relaxed);
    return arg;
}

static void *write_two(void *arg)
{
    int *own = arg;

    own[0] = atomic_load_explicit(&looked, memory_order_relaxed);
    own[1] = 1;
    own[2] = 1;
    own[3] = atomic_load_explicit(&looked, memory_order_relaxed);
    explore_observe((uint64_t)(own[0] * 2 + own[3]));
    return arg;
}

static void no_race(void)
{
    int own[4];
    pthread_t other = start(look, NULL);

    write_two(own);
    join(other);
}

const struct example examples[] = {
    {.name = "race",
     .run = race,
     .verdict = EXPLORE_RACE,
     .says = "accesses.c",
     .options = {.schedules = 2000}},
    {.name = "no_race", .run = no_race},
    {.name = NULL},
};
