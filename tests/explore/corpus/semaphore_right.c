/* A bounded buffer on two semaphores: places are counted before the lock is
 * taken.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <semaphore.h>

#include "corpus.h"

enum { PLACES = 2, ITEMS = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t empty; /* places that can be filled */
static sem_t filled;
static int buffer[PLACES]; /* these three are guarded by lock */
static int put_at;
static int take_at;

static void *produce(void *arg)
{
    (void)arg;
    for (int i = 1; i <= ITEMS; i++) {
        sem_wait(&empty);
        pthread_mutex_lock(&lock);
        buffer[put_at] = i;
        put_at = (put_at + 1) % PLACES;
        pthread_mutex_unlock(&lock);
        sem_post(&filled);
    }
    return NULL;
}

static int take(void)
{
    sem_wait(&filled);
    pthread_mutex_lock(&lock);
    int item = buffer[take_at];
    take_at = (take_at + 1) % PLACES;
    pthread_mutex_unlock(&lock);
    sem_post(&empty);
    return item;
}

void scenario(void *arg)
{
    pthread_t producer;

    sem_init(&empty, 0, PLACES);
    sem_init(&filled, 0, 0);
    pthread_create(&producer, NULL, produce, arg);
    for (int i = 1; i <= ITEMS; i++)
        explore_assert(take() == i);
    pthread_join(producer, NULL);
    sem_destroy(&filled);
    sem_destroy(&empty);
}
