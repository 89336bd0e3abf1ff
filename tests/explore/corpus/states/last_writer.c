/* Two threads write under one lock: the last one stays.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 2
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int value; /* guarded by lock */
static int ids[2] = {1, 2};

static void *write_id(void *arg)
{
    pthread_mutex_lock(&lock);
    value = *(const int *)arg;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, write_id, &ids[0]);
    pthread_create(&threads[1], NULL, write_id, &ids[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)value);
}
