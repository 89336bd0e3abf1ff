/* Two threads wait for one condition at the same time, each with a mutex of its
 * own, which is undefined.
 *
 * Answer: misuse
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t locks[2] = {
    PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER,
};
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static bool is_ready; /* written with both locks, read with either */

static void *wait_for_it(void *arg)
{
    pthread_mutex_t *lock = arg;

    pthread_mutex_lock(lock);
    while (!is_ready)
        pthread_cond_wait(&ready, lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, wait_for_it, &locks[i]);
    pthread_mutex_lock(&locks[0]);
    pthread_mutex_lock(&locks[1]);
    is_ready = true;
    pthread_cond_broadcast(&ready);
    pthread_mutex_unlock(&locks[1]);
    pthread_mutex_unlock(&locks[0]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
