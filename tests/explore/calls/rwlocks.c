#include "calls.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int shared;

static void values(void)
{
    explore_assert(pthread_rwlock_rdlock(&lock) == 0);
    explore_assert(pthread_rwlock_tryrdlock(&lock) == 0);
    explore_assert(pthread_rwlock_trywrlock(&lock) == EBUSY);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    explore_assert(pthread_rwlock_trywrlock(&lock) == EBUSY);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    explore_assert(pthread_rwlock_trywrlock(&lock) == 0);
    explore_assert(pthread_rwlock_rdlock(&lock) == EDEADLK);
    explore_assert(pthread_rwlock_wrlock(&lock) == EDEADLK);
    explore_assert(pthread_rwlock_tryrdlock(&lock) == EBUSY);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    explore_assert(pthread_rwlock_destroy(&lock) == 0);
    explore_assert(pthread_rwlock_init(&lock, NULL) == 0);
    explore_assert(pthread_rwlock_wrlock(&lock) == 0);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
}

static void *add(void *arg)
{
    (void)arg;
    explore_assert(pthread_rwlock_wrlock(&lock) == 0);
    shared++;
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    return NULL;
}

static void *look(void *arg)
{
    (void)arg;
    explore_assert(pthread_rwlock_rdlock(&lock) == 0);
    explore_assert(shared <= 2);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    return NULL;
}

static void exclusion(void)
{
    pthread_t one = start(add, NULL);
    pthread_t two = start(add, NULL);
    pthread_t three = start(look, NULL);

    join(one);
    join(two);
    join(three);
    explore_assert(shared == 2);
}

static void *look_for_long(void *arg)
{
    const struct timespec time = {5, 0};

    (void)arg;
    pthread_rwlock_rdlock(&lock);
    nanosleep(&time, NULL);
    pthread_rwlock_unlock(&lock);
    return NULL;
}

/* Readers pass readers, and also the writer that waits. */
static void readers_together(void)
{
    pthread_t reader = start(look_for_long, NULL);

    explore_until_blocked(reader);
    pthread_t writer = start(add, NULL);
    explore_until_blocked(writer);
    look(NULL);
    explore_assert(now() == 0);
    join(reader);
    join(writer);
    explore_assert(now() == 5000L * MS);
}

static void writers_first(void)
{
    pthread_rwlockattr_t attributes;

    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_destroy(&lock);
    pthread_rwlock_init(&lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    pthread_t reader = start(look_for_long, NULL);
    explore_until_blocked(reader);
    pthread_t writer = start(add, NULL);
    explore_until_blocked(writer);
    explore_assert(pthread_rwlock_tryrdlock(&lock) == EBUSY);
    look(NULL);
    explore_assert(now() == 5000L * MS);
    join(reader);
    join(writer);
}

static void timed(void)
{
    const struct timespec bad = {1, 1000000000};
    struct timespec until = in_ms(CLOCK_REALTIME, 100);
    pthread_t reader = start(look_for_long, NULL);

    explore_until_blocked(reader);
    explore_assert(pthread_rwlock_timedrdlock(&lock, &bad) == EINVAL);
    explore_assert(pthread_rwlock_timedwrlock(&lock, &bad) == EINVAL);
    explore_assert(pthread_rwlock_timedrdlock(&lock, &until) == 0);
    explore_assert(now() == 0);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    explore_assert(pthread_rwlock_timedwrlock(&lock, &until) == ETIMEDOUT);
    explore_assert(now() == 100L * MS);
    until = in_ms(CLOCK_MONOTONIC, 200);
    explore_assert(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &until) ==
                   ETIMEDOUT);
    explore_assert(now() == 300L * MS);
    until = in_ms(CLOCK_MONOTONIC, 20000);
    explore_assert(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &until) ==
                   0);
    explore_assert(now() == 5000L * MS);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    explore_assert(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &until) ==
                   0);
    explore_assert(pthread_rwlock_unlock(&lock) == 0);
    join(reader);
}

static void upgrade(void)
{
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_wrlock(&lock);
}

static void *unlock(void *arg)
{
    pthread_rwlock_unlock(arg);
    return NULL;
}

static void unlock_of_other(void)
{
    pthread_rwlock_rdlock(&lock);
    join(start(unlock, &lock));
}

static void destroy_held(void)
{
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_destroy(&lock);
}

static void use_destroyed(void)
{
    pthread_rwlock_destroy(&lock);
    pthread_rwlock_rdlock(&lock);
}

static void held_at_the_end(void)
{
    pthread_rwlock_wrlock(&lock);
}

static void *change_while_reading(void *arg)
{
    (void)arg;
    pthread_rwlock_rdlock(&lock);
    shared++;
    pthread_rwlock_unlock(&lock);
    return NULL;
}

/* Two readers have no edge between them. */
static void no_edge(void)
{
    pthread_t one = start(change_while_reading, NULL);
    pthread_t two = start(change_while_reading, NULL);

    join(one);
    join(two);
}

const struct example examples[] = {
    {.name = "values", .run = values},
    {.name = "exclusion", .run = exclusion},
    {.name = "readers_together", .run = readers_together},
    {.name = "writers_first", .run = writers_first},
    {.name = "timed", .run = timed},
    {.name = "no_edge",
     .run = no_edge,
     .verdict = EXPLORE_RACE,
     .only_tsan = true},
    {.name = "upgrade",
     .run = upgrade,
     .verdict = EXPLORE_DEADLOCK,
     .says = "which thread 0 has held since"},
    {.name = "unlock_of_other",
     .run = unlock_of_other,
     .verdict = EXPLORE_MISUSE,
     .says = "does not hold"},
    {.name = "destroy_held",
     .run = destroy_held,
     .verdict = EXPLORE_MISUSE,
     .says = "destroyed while thread 0 holds it"},
    {.name = "use_destroyed",
     .run = use_destroyed,
     .verdict = EXPLORE_MISUSE,
     .says = "was destroyed"},
    {.name = "held_at_the_end",
     .run = held_at_the_end,
     .verdict = EXPLORE_LEAK,
     .says = "still held"},
    {.name = NULL},
};
