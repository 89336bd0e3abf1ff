/* A barrier that is used again before all have left it: the fast thread arrives
 * in the next round, and the slow one never sees the count at zero.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { PARTIES = 2, ROUNDS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t complete = PTHREAD_COND_INITIALIZER;
static int arrived; /* guarded by lock */

static void arrive(void)
{
    pthread_mutex_lock(&lock);

    if (++arrived == PARTIES) {
        arrived = 0;

        pthread_cond_broadcast(&complete);
    }
    while (arrived != 0)
        pthread_cond_wait(&complete, &lock);
    pthread_mutex_unlock(&lock);
}

static void *go_round(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++)
        arrive();
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[PARTIES];

    for (int i = 0; i < PARTIES; i++)
        pthread_create(&threads[i], NULL, go_round, arg);
    for (int i = 0; i < PARTIES; i++)
        pthread_join(threads[i], NULL);
}
