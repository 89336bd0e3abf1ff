/* Two threads try a lock that each holds over another lock: one may find it
 * taken.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 3
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static int got[2]; /* each its own thread's */
static int ids[2] = {0, 1};

static void *try_it(void *arg)
{
    int me = *(const int *)arg;

    if (pthread_mutex_trylock(&lock) != 0)
        return NULL;
    pthread_mutex_lock(&inner);
    got[me] = 1;
    pthread_mutex_unlock(&inner);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, try_it, &ids[0]);
    pthread_create(&threads[1], NULL, try_it, &ids[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)got[0] * 2 + (uint64_t)got[1]);
}
