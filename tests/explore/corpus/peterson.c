/* Peterson's lock with two lines exchanged: the turn is given away before the
 * own wish is shown.
 *
 * Answer: wrong
 * Builds: thread
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_bool wants[2];
static atomic_int turn;
static atomic_int inside;
static int ids[2] = {0, 1};

static void enter(int me)
{
    atomic_store(&turn, 1 - me);
    atomic_store(&wants[me], true);
    while (atomic_load(&wants[1 - me]) && atomic_load(&turn) != me)
        ;
}

static void *work(void *arg)
{
    int me = *(const int *)arg;

    enter(me);
    explore_assert(atomic_fetch_add(&inside, 1) == 0);
    atomic_fetch_sub(&inside, 1);
    atomic_store(&wants[me], false);
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
