/* Reading and writing back are two critical sections: one addition may be lost.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 2
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int value; /* guarded by lock */

static void *add(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    int old = value;
    pthread_mutex_unlock(&lock);
    pthread_mutex_lock(&lock);
    value = old + 1;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, add, NULL);
    pthread_create(&threads[1], NULL, add, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)value);
}
