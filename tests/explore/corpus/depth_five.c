/* A bug that takes five preemptions: two threads must pass the ball to each
 * other for three full rounds, and neither may run ahead.
 *
 * Answer: wrong
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int stage; /* guarded by lock */

/* The stage goes up only from the one before. */
static void step(int from)
{
    pthread_mutex_lock(&lock);
    if (stage == from)
        stage++;
    pthread_mutex_unlock(&lock);
}

static void *even(void *arg)
{
    (void)arg;
    step(0);
    step(2);
    step(4);
    return NULL;
}

static void *odd(void *arg)
{
    (void)arg;
    step(1);
    step(3);
    step(5);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, even, arg);
    pthread_create(&threads[1], NULL, odd, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(stage < 6);
}
