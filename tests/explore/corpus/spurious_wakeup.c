/* With one consumer nobody else can take the item, so `if` looks safe; but a
 * wait may return for no reason.
 *
 * Answer: wrong
 * Builds: thread address plain
 * Faults: spurious
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static bool full; /* guarded by lock */

static void *produce(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    full = true;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t producer;

    pthread_create(&producer, NULL, produce, arg);
    pthread_mutex_lock(&lock);
    if (!full)
        pthread_cond_wait(&filled, &lock);
    explore_assert(full);
    pthread_mutex_unlock(&lock);
    pthread_join(producer, NULL);
}
