/* Closing a queue wakes one consumer; the others wait for items for ever.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int items; /* both are guarded by lock */
static bool closed;

static void *consume(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (items == 0 && !closed)
        pthread_cond_wait(&changed, &lock);
    if (items > 0)
        items--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void put(void)
{
    pthread_mutex_lock(&lock);
    items++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void close_queue(void)
{
    pthread_mutex_lock(&lock);
    closed = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

void scenario(void *arg)
{
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, consume, arg);
    put();
    close_queue();
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
