/* The consumers of if_for_while.c, who look again after each wait.
 *
 * Answer: pass
 * Builds: thread address plain
 * Faults: spurious waiter
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int items; /* guarded by lock */

static void *consume(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (items == 0)
        pthread_cond_wait(&filled, &lock);
    items--;
    explore_assert(items >= 0);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *produce(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&lock);
        items++;
        pthread_cond_signal(&filled);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    pthread_create(&threads[0], NULL, consume, arg);
    pthread_create(&threads[1], NULL, consume, arg);
    pthread_create(&threads[2], NULL, produce, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
