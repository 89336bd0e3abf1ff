/* A function that takes the lock calls another one that takes it as well, but
 * only when the stock is low: an order of the threads decides that.
 *
 * Answer: misuse or deadlock
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
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

static void *deliver(void *arg)
{
    (void)arg;
    restock();
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    pthread_create(&threads[0], NULL, deliver, arg);
    pthread_create(&threads[1], NULL, buy, arg);
    pthread_create(&threads[2], NULL, buy, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
