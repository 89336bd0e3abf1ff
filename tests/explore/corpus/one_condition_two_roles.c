/* Producers and consumers wait for the same condition: a signal meant for the
 * others wakes one of the own kind, who goes back to sleep.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool full; /* guarded by lock */

static void *produce(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (full)
        pthread_cond_wait(&changed, &lock);
    full = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *consume(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (!full)
        pthread_cond_wait(&changed, &lock);
    full = false;
    pthread_cond_signal(&changed);
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
