#include "calls.h"

static pthread_spinlock_t lock;
static int shared;

static void *add(void *arg)
{
    (void)arg;
    explore_assert(pthread_spin_lock(&lock) == 0);
    shared++;
    explore_assert(pthread_spin_unlock(&lock) == 0);
    return NULL;
}

static void exclusion(void)
{
    explore_assert(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE) == 0);
    pthread_t one = start(add, NULL);
    pthread_t two = start(add, NULL);
    join(one);
    join(two);
    explore_assert(shared == 2);
    explore_assert(pthread_spin_trylock(&lock) == 0);
    explore_assert(pthread_spin_trylock(&lock) == EBUSY);
    explore_assert(pthread_spin_unlock(&lock) == 0);
    explore_assert(pthread_spin_destroy(&lock) == 0);
}

static void relock(void)
{
    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_lock(&lock);
    pthread_spin_lock(&lock);
}

static void unlock_of_free(void)
{
    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_unlock(&lock);
}

const struct example examples[] = {
    {.name = "exclusion", .run = exclusion},
    {.name = "relock", .run = relock, .verdict = EXPLORE_DEADLOCK},
    {.name = "unlock_of_free",
     .run = unlock_of_free,
     .verdict = EXPLORE_MISUSE,
     .says = "does not hold"},
    {.name = NULL},
};
