/* The way out for "closed" leaves the lock held; only a thread that comes after
 * the close takes it.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool closed; /* both are guarded by lock */
static int items;

static bool put(void)
{
    pthread_mutex_lock(&lock);
    if (closed)
        return false;
    items++;
    pthread_mutex_unlock(&lock);
    return true;
}

static void *put_one(void *arg)
{
    (void)arg;
    (void)put();
    return NULL;
}

static void *close_it(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    closed = true;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, put_one, arg);
    pthread_create(&threads[1], NULL, close_it, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_mutex_lock(&lock);
    explore_assert(items <= 1);
    pthread_mutex_unlock(&lock);
}
