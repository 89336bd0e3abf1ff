#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>

#include "calls.h"

static mtx_t mutex;
static cnd_t cond;
static int shared;
static once_flag flag = ONCE_FLAG_INIT;

static int add(void *arg)
{
    explore_assert(mtx_lock(&mutex) == thrd_success);
    shared += *(const int *)arg;
    explore_assert(mtx_unlock(&mutex) == thrd_success);
    return *(const int *)arg;
}

static void threads(void)
{
    static const int values[] = {3, 4};
    thrd_t one;
    thrd_t two;
    int result = 0;

    explore_assert(mtx_init(&mutex, mtx_plain) == thrd_success);
    explore_assert(thrd_create(&one, add, (void *)(uintptr_t)&values[0]) ==
                   thrd_success);
    explore_assert(thrd_create(&two, add, (void *)(uintptr_t)&values[1]) ==
                   thrd_success);
    explore_assert(thrd_join(one, &result) == thrd_success && result == 3);
    explore_assert(thrd_join(two, NULL) == thrd_success);
    explore_assert(shared == 7);
    explore_assert(!thrd_equal(thrd_current(), one));
    mtx_destroy(&mutex);
}

static int leave(void *arg)
{
    (void)arg;
    thrd_exit(42);
}

static void leaving(void)
{
    thrd_t thread;
    int result = 0;

    thrd_create(&thread, leave, NULL);
    explore_assert(thrd_join(thread, &result) == thrd_success);
    explore_assert(result == 42);
    thrd_create(&thread, leave, NULL);
    explore_assert(thrd_detach(thread) == thrd_success);
}

static int hold_for_5_s(void *arg)
{
    const struct timespec time = {5, 0};

    (void)arg;
    mtx_lock(&mutex);
    explore_assert(thrd_sleep(&time, NULL) == 0);
    mtx_unlock(&mutex);
    return 0;
}

static void locks(void)
{
    const struct timespec bad = {1, 1000000000};
    struct timespec until;
    thrd_t other;

    mtx_init(&mutex, mtx_timed);
    thrd_create(&other, hold_for_5_s, NULL);
    explore_until_blocked(other);
    explore_assert(mtx_trylock(&mutex) == thrd_busy);
    timespec_get(&until, TIME_UTC);
    until.tv_sec += 2;
    explore_assert(mtx_timedlock(&mutex, &until) == thrd_timedout);
    explore_assert(now() == 2000L * MS);
    explore_assert(mtx_timedlock(&mutex, &bad) == thrd_error);
    until.tv_sec += 20;
    explore_assert(mtx_timedlock(&mutex, &until) == thrd_success);
    explore_assert(now() == 5000L * MS);
    mtx_unlock(&mutex);
    thrd_join(other, NULL);
    mtx_destroy(&mutex);
    mtx_init(&mutex, mtx_plain | mtx_recursive);
    explore_assert(mtx_lock(&mutex) == thrd_success);
    explore_assert(mtx_trylock(&mutex) == thrd_success);
    mtx_unlock(&mutex);
    mtx_unlock(&mutex);
    mtx_destroy(&mutex);
}

static int wait_for_it(void *arg)
{
    (void)arg;
    mtx_lock(&mutex);
    while (shared == 0)
        explore_assert(cnd_wait(&cond, &mutex) == thrd_success);
    mtx_unlock(&mutex);
    return 0;
}

static void conditions(void)
{
    struct timespec until;
    thrd_t one;
    thrd_t two;

    mtx_init(&mutex, mtx_plain);
    explore_assert(cnd_init(&cond) == thrd_success);
    thrd_create(&one, wait_for_it, NULL);
    thrd_create(&two, wait_for_it, NULL);
    mtx_lock(&mutex);
    timespec_get(&until, TIME_UTC);
    until.tv_sec += 1;
    explore_assert(cnd_timedwait(&cond, &mutex, &until) == thrd_timedout);
    explore_assert(now() == 1000L * MS);
    shared = 1;
    explore_assert(cnd_signal(&cond) == thrd_success);
    explore_assert(cnd_broadcast(&cond) == thrd_success);
    mtx_unlock(&mutex);
    thrd_join(one, NULL);
    thrd_join(two, NULL);
    cnd_destroy(&cond);
    mtx_destroy(&mutex);
}

static void make(void)
{
    thrd_yield();
    shared++;
}

static tss_t key;
static atomic_int freed;

static void destroy(void *value)
{
    free(value);
    atomic_fetch_add(&freed, 1);
}

static int use(void *arg)
{
    (void)arg;
    call_once(&flag, make);
    explore_assert(shared == 1);
    explore_assert(tss_get(key) == NULL);
    explore_assert(tss_set(key, malloc(1)) == thrd_success);
    explore_assert(tss_get(key) != NULL);
    return 0;
}

static void once_and_storage(void)
{
    thrd_t one;
    thrd_t two;

    explore_assert(tss_create(&key, destroy) == thrd_success);
    thrd_create(&one, use, NULL);
    thrd_create(&two, use, NULL);
    thrd_join(one, NULL);
    thrd_join(two, NULL);
    explore_assert(freed == 2);
    tss_delete(key);
}

static mtx_t other;

static int lock_both(void *arg)
{
    mtx_t *first = arg;
    mtx_t *second = first == &mutex ? &other : &mutex;

    mtx_lock(first);
    mtx_lock(second);
    mtx_unlock(second);
    mtx_unlock(first);
    return 0;
}

static void lock_order(void)
{
    thrd_t thread;

    mtx_init(&mutex, mtx_plain);
    mtx_init(&other, mtx_plain);
    thrd_create(&thread, lock_both, &mutex);
    lock_both(&other);
    thrd_join(thread, NULL);
}

const struct example examples[] = {
    {.name = "threads", .run = threads},
    {.name = "leaving", .run = leaving},
    {.name = "locks", .run = locks},
    {.name = "conditions", .run = conditions},
    {.name = "once_and_storage", .run = once_and_storage},
    {.name = "lock_order",
     .run = lock_order,
     .verdict = EXPLORE_DEADLOCK,
     .says = "c11.c"},
    {.name = NULL},
};
