/* What is waited for stands in a variable, so it does not matter when the
 * signal comes, nor whether one comes for no reason.
 *
 * Answer: pass
 * Builds: thread address plain
 * Faults: spurious waiter
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static bool is_ready; /* guarded by lock */

static void *announce(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    is_ready = true;
    pthread_cond_signal(&ready);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, announce, arg);
    pthread_mutex_lock(&lock);
    while (!is_ready)
        pthread_cond_wait(&ready, &lock);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
