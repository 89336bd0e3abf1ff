/* Three threads with nothing in common but the memory that they ask for: each
 * sees how many have asked before. */
#include <pthread.h>
#include <stdlib.h>

#include "corpus.h"

enum { THREADS = 3 };

static pthread_mutex_t locks[THREADS] = {PTHREAD_MUTEX_INITIALIZER,
                                         PTHREAD_MUTEX_INITIALIZER,
                                         PTHREAD_MUTEX_INITIALIZER};
static unsigned long before[THREADS]; /* each its own thread's */
static int ids[THREADS] = {0, 1, 2};

static void *ask(void *arg)
{
    int me = *(const int *)arg;

    pthread_mutex_lock(&locks[me]);
    before[me] = explore_allocations();
    free(malloc(1));
    pthread_mutex_unlock(&locks[me]);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[THREADS];
    uint64_t order = 0;

    (void)arg;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, ask, &ids[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        order = order * THREADS + before[i];
    explore_observe(order);
}
