/* A thread that is told to stop while it holds the lock ends with it.
 *
 * Answer: leak
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool stop;

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    if (atomic_load(&stop))
        pthread_exit(NULL);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, arg);
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
}
