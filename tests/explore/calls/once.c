/* pthread_once() and thread-specific data. */
#include <stdlib.h>

#include "calls.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int made;

static void make(void)
{
    sched_yield();
    made++;
}

static void *use(void *arg)
{
    (void)arg;
    explore_assert(pthread_once(&once, make) == 0);
    explore_assert(made == 1);
    return NULL;
}

/* Undone before each schedule, as made is; seen by all who come after. */
static void only_once(void)
{
    pthread_t one = start(use, NULL);
    pthread_t two = start(use, NULL);

    use(NULL);
    join(one);
    join(two);
}

static void again(void)
{
    pthread_once(&once, again);
}

static void recursion(void)
{
    pthread_once(&once, again);
}

/* --- Thread-specific data --- */

static pthread_key_t key;
static int destroyed;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void destroy(void *value)
{
    explore_assert(pthread_getspecific(key) == NULL);
    free(value);
    pthread_mutex_lock(&mutex);
    destroyed++;
    pthread_mutex_unlock(&mutex);
}

static void *keep(void *arg)
{
    (void)arg;
    explore_assert(pthread_getspecific(key) == NULL);
    explore_assert(pthread_setspecific(key, malloc(1)) == 0);
    sched_yield();
    explore_assert(pthread_getspecific(key) != NULL);
    return NULL;
}

static void *keep_and_leave(void *arg)
{
    keep(arg);
    pthread_exit(NULL);
}

static void specific(void)
{
    explore_assert(pthread_key_create(&key, destroy) == 0);
    pthread_t one = start(keep, NULL);
    pthread_t two = start(keep_and_leave, NULL);
    join(one);
    join(two);
    explore_assert(destroyed == 2);
    explore_assert(pthread_getspecific(key) == NULL);
    explore_assert(pthread_key_delete(key) == 0);
    explore_assert(pthread_key_delete(key) == EINVAL);
    explore_assert(pthread_setspecific(key, NULL) == EINVAL);
}

static void set_again(void *value)
{
    destroyed++;
    pthread_setspecific(key, value);
}

static void *keep_for_ever(void *arg)
{
    pthread_setspecific(key, arg);
    return NULL;
}

/* As often as POSIX says, then no more. */
static void destructor_sets_again(void)
{
    pthread_key_create(&key, set_again);
    join(start(keep_for_ever, &key));
    explore_assert(destroyed == 4);
}

/* Made before explore_run(): has no value at the start of any schedule. */
static pthread_key_t outer;

__attribute__((constructor)) static void make_outer(void)
{
    pthread_key_create(&outer, NULL);
}

static void made_before(void)
{
    explore_assert(pthread_getspecific(outer) == NULL);
    explore_assert(pthread_setspecific(outer, &outer) == 0);
    explore_assert(pthread_getspecific(outer) == &outer);
}

const struct example examples[] = {
    {.name = "only_once", .run = only_once},
    {.name = "recursion", .run = recursion, .verdict = EXPLORE_DEADLOCK},
    {.name = "specific", .run = specific},
    {.name = "destructor_sets_again", .run = destructor_sets_again},
    {.name = "made_before", .run = made_before},
    {.name = NULL},
};
