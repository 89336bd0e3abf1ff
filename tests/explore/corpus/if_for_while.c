/* Between the signal and the return of the wait another consumer takes the
 * item: `if` does not look again.
 *
 * Answer: wrong
 * Builds: thread address plain
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
    if (items == 0)
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
