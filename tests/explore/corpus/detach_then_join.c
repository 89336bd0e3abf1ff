/* The worker detaches itself when it finds nothing to do; whoever started it
 * joins it.
 *
 * Answer: misuse
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int jobs; /* guarded by lock */

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    if (jobs == 0)
        pthread_detach(pthread_self());
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t worker;

    pthread_create(&worker, NULL, work, arg);
    pthread_mutex_lock(&lock);
    jobs++;
    pthread_mutex_unlock(&lock);
    pthread_join(worker, NULL);
}
