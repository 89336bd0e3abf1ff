/* Two threads walk along two locks, taking the next before they give up the
 * last: who comes first stays first.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 2
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t locks[2] = {
    PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER,
};
static int values[2]; /* values[i] is guarded by locks[i] */
static int ids[2] = {1, 2};

static void *walk(void *arg)
{
    int id = *(const int *)arg;

    pthread_mutex_lock(&locks[0]);
    values[0] = values[0] * 10 + id;
    pthread_mutex_lock(&locks[1]);
    pthread_mutex_unlock(&locks[0]);
    values[1] = values[1] * 10 + id;
    pthread_mutex_unlock(&locks[1]);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, walk, &ids[0]);
    pthread_create(&threads[1], NULL, walk, &ids[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)values[0]);
    explore_observe((uint64_t)values[1]);
}
