/* The lock that the thread still needs is held while it is waited for.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int jobs = 2; /* guarded by lock */

static void *work(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&lock);
        jobs--;
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

void scenario(void *arg)
{
    pthread_t worker;

    pthread_create(&worker, NULL, work, arg);
    pthread_mutex_lock(&lock);
    pthread_join(worker, NULL);
    explore_assert(jobs == 0);
    pthread_mutex_unlock(&lock);
}
