/* Producers and consumers each wait for a condition of their own, so one signal
 * is enough and reaches the right kind.
 *
 * Answer: pass
 * Builds: thread address plain
 * Faults: spurious waiter
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static pthread_cond_t emptied = PTHREAD_COND_INITIALIZER;
static bool full; /* guarded by lock */

static void *produce(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (full)
        pthread_cond_wait(&emptied, &lock);
    full = true;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *consume(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (!full)
        pthread_cond_wait(&filled, &lock);
    full = false;
    pthread_cond_signal(&emptied);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[6];

    for (int i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, i < 3 ? consume : produce, arg);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
}
