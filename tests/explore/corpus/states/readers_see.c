/* Two readers and a writer: each reader sees the value before or after.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 4
 */
#include <pthread.h>

#include "corpus.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int value;   /* guarded by lock */
static int seen[2]; /* each its own thread's */
static int ids[2] = {0, 1};

static void *look(void *arg)
{
    pthread_rwlock_rdlock(&lock);
    seen[*(const int *)arg] = value;
    pthread_rwlock_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, look, &ids[0]);
    pthread_create(&threads[1], NULL, look, &ids[1]);
    pthread_rwlock_wrlock(&lock);
    value = 1;
    pthread_rwlock_unlock(&lock);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)seen[0] * 2 + (uint64_t)seen[1]);
}
