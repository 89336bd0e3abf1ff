/* A pool is stopped from two sides, and both sides join its worker.
 *
 * Answer: misuse
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool joined; /* guarded by lock */
static pthread_t worker;

static void *work(void *arg)
{
    return arg;
}

static void *stop(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    bool is_joined = joined;
    pthread_mutex_unlock(&lock);
    if (is_joined)
        return NULL;
    pthread_join(worker, NULL);
    pthread_mutex_lock(&lock);
    joined = true;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&worker, NULL, work, NULL);
    pthread_create(&thread, NULL, stop, arg);
    (void)stop(arg);
    pthread_join(thread, NULL);
}
