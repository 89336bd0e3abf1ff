/* A bounded buffer on semaphores: the consumer takes the lock before it waits
 * for an item, so no producer can bring one.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <semaphore.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t filled;
static int buffer; /* guarded by lock */

static void *produce(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    buffer = 42;
    pthread_mutex_unlock(&lock);
    sem_post(&filled);
    return NULL;
}

static void *consume(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    sem_wait(&filled);
    explore_assert(buffer == 42);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t producer;
    pthread_t consumer;

    sem_init(&filled, 0, 0);
    pthread_create(&producer, NULL, produce, arg);
    pthread_create(&consumer, NULL, consume, arg);
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    sem_destroy(&filled);
}
