/* The same calls within each other as in relock.c, with a recursive mutex.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock;
static int stock = 1; /* guarded by lock */

static void restock(void)
{
    pthread_mutex_lock(&lock);
    stock += 2;
    pthread_mutex_unlock(&lock);
}

static void *buy(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    if (stock == 0)
        restock();
    stock--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_mutexattr_t attributes;
    pthread_t threads[3];

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, buy, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    explore_assert(stock == 0 || stock == 2);
    pthread_mutex_destroy(&lock);
}
