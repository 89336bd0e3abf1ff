/* Lamport's bakery for two, without the flag that says "about to draw a
 * number": both draw the same one, and the smaller id passes the other, who is
 * inside.
 *
 * Answer: wrong
 * Builds: thread
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "corpus.h"

static atomic_int numbers[2]; /* 0: does not want to go in */
static atomic_int inside;
static int ids[2] = {0, 1};

static bool is_before(int me, int other)
{
    int mine = atomic_load(&numbers[me]);
    int theirs = atomic_load(&numbers[other]);

    return theirs == 0 || mine < theirs || (mine == theirs && me < other);
}

static void enter(int me)
{
    int highest = atomic_load(&numbers[1 - me]);

    atomic_store(&numbers[me], highest + 1);
    while (!is_before(me, 1 - me))
        sched_yield();
}

static void *work(void *arg)
{
    int me = *(const int *)arg;

    enter(me);
    explore_assert(atomic_fetch_add(&inside, 1) == 0);
    atomic_fetch_sub(&inside, 1);
    atomic_store(&numbers[me], 0);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, work, &ids[0]);
    pthread_create(&threads[1], NULL, work, &ids[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
