/* Random numbers and memory: what a schedule gives, each gives alike. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "calls.h"

/* What the first schedule saw, kept from one to the next: a pipe that was made
 * before does that, as nothing else may. */
static int memory[2][2]; /* a pipe for each example that remembers */

__attribute__((constructor)) static void make_memory(void)
{
    (void)!pipe(memory[0]);
    (void)!pipe(memory[1]);
}

static void same_as_before(const int *ends, const void *seen, size_t size)
{
    unsigned char before[64];
    struct timespec none = {0, 0};
    fd_set set;

    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    if (pselect(ends[0] + 1, &set, NULL, NULL, &none, NULL) == 1) {
        explore_assert(read(ends[0], before, size) == (ssize_t)size);
        explore_assert(memcmp(before, seen, size) == 0);
    }
    explore_assert(write(ends[1], seen, size) == (ssize_t)size);
}

static int drawn[2][3];

static void *draw(void *arg)
{
    int *to = arg;

    for (int i = 0; i < 3; i++) {
        to[i] = rand();
        explore_assert(to[i] >= 0);
        sched_yield();
    }
    return NULL;
}

/* Each thread draws its own, whatever the others do. */
static void sequences(void)
{
    pthread_t one = start(draw, drawn[0]);
    pthread_t two = start(draw, drawn[1]);

    join(one);
    join(two);
    explore_assert(drawn[0][0] != drawn[0][1] && drawn[0][0] != drawn[1][0]);
    same_as_before(memory[0], drawn, sizeof drawn);
}

static void seeding(void)
{
    unsigned state = 5;
    unsigned other = 5;

    srand(7);
    int first = rand();
    int second = rand();
    srand(8);
    explore_assert(rand() != first);
    srand(7);
    explore_assert(rand() == first && rand() == second);
    srandom(7);
    explore_assert(random() == first);
    explore_assert(rand_r(&state) == rand_r(&other) && state == other);
    srand48(7);
    double part = drand48();
    explore_assert(part >= 0 && part < 1);
    long low = lrand48();
    long any = mrand48();
    explore_assert(low >= 0 && low <= INT32_MAX);
    explore_assert(any >= INT32_MIN && any <= INT32_MAX);
}

static void bytes(void)
{
    unsigned char some[16];

    explore_assert(getrandom(some, sizeof some, 0) == sizeof some);
    same_as_before(memory[1], some, sizeof some);
    explore_assert(getentropy(some, sizeof some) == 0);
}

static void extremes(void)
{
    explore_assert(rand() != RAND_MAX);
}

static void other_extremes(void)
{
    explore_assert(rand() != 0);
}

/* --- Memory --- */

static void counted(void)
{
    char *text = strdup("text");
    void *aligned = NULL;

    explore_assert(explore_allocations() == 1);
    void *block = malloc(10);
    block = realloc(block, 1000);
    explore_assert(posix_memalign(&aligned, 64, 100) == 0);
    void *cleared = calloc(3, 5);
    explore_assert(explore_allocations() == 5);
    volatile size_t too_many = SIZE_MAX / 4;
    explore_assert(reallocarray(NULL, too_many, 8) == NULL && errno == ENOMEM);
    free(text);
    free(block);
    free(aligned);
    free(cleared);
    free(strndup("text", 2));
    free(aligned_alloc(16, 32));
    free(reallocarray(NULL, 3, 8));
}

static void failing(void)
{
    char *old = malloc(4);
    void *aligned = NULL;

    memcpy(old, "abc", 4);
    explore_fail_allocation(1);
    errno = 0;
    explore_assert(realloc(old, 100) == NULL && errno == ENOMEM);
    explore_assert(strcmp(old, "abc") == 0);
    explore_fail_allocation(2);
    void *one = malloc(1);
    explore_assert(one != NULL && malloc(1) == NULL);
    explore_fail_allocation(1);
    explore_assert(posix_memalign(&aligned, 64, 100) == ENOMEM);
    explore_fail_allocation(1);
    explore_assert(strdup("x") == NULL);
    free(one);
    free(old);
}

static void failing_by_choice(void)
{
    void *block = malloc(1);

    explore_assert(block != NULL);
    free(block);
}

static void leaking(void)
{
    explore_assert(strdup("left over") != NULL);
}

static void leaking_after_realloc(void)
{
    void *block = malloc(1);

    block = realloc(block, 77);
    explore_assert(block != NULL);
}

static void *lock_new(void *arg)
{
    pthread_mutex_t *mutex = malloc(sizeof(pthread_mutex_t));

    pthread_mutex_init(mutex, NULL);
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    free(mutex); /* without destroying it: the next may lie there */
    return arg;
}

static void reused_address(void)
{
    for (int i = 0; i < 5; i++)
        join(start(lock_new, NULL));
}

const struct example examples[] = {
    {.name = "sequences", .run = sequences},
    {.name = "seeding", .run = seeding},
    {.name = "bytes", .run = bytes},
    {.name = "sequences_again",
     .run = seeding,
     .options = {.faults = EXPLORE_CLOCK}},
    {.name = "extremes",
     .run = extremes,
     .verdict = EXPLORE_WRONG,
     .options = {.faults = EXPLORE_RANDOMS}},
    {.name = "other_extremes",
     .run = other_extremes,
     .verdict = EXPLORE_WRONG,
     .options = {.faults = EXPLORE_RANDOMS}},
    {.name = "no_extremes", .run = extremes},
    {.name = "counted", .run = counted},
    {.name = "failing", .run = failing},
    {.name = "failing_by_choice",
     .run = failing_by_choice,
     .verdict = EXPLORE_WRONG,
     .options = {.faults = EXPLORE_MEMORY}},
    {.name = "leaking",
     .run = leaking,
     .verdict = EXPLORE_LEAK,
     .says = "10 bytes"},
    {.name = "leaking_after_realloc",
     .run = leaking_after_realloc,
     .verdict = EXPLORE_LEAK,
     .says = "77 bytes"},
    {.name = "reused_address",
     .run = reused_address,
     .options = {.keep_memory = true}},
    {.name = NULL},
};
