/* A consumer waits for its item, or finds it there.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 2
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int items; /* both are guarded by lock */
static int waits;

static void *consume(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (items == 0) {
        waits++;
        pthread_cond_wait(&filled, &lock);
    }
    items--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *produce(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    items++;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, consume, NULL);
    pthread_create(&threads[1], NULL, produce, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)waits);
}
