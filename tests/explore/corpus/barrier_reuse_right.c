/* The rounds of the barrier are numbered: who waits for a round to end is not
 * held up by the next.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { PARTIES = 2, ROUNDS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t complete = PTHREAD_COND_INITIALIZER;
static int arrived; /* both are guarded by lock */
static unsigned round_number;

static void arrive(void)
{
    pthread_mutex_lock(&lock);
    unsigned mine = round_number;
    if (++arrived == PARTIES) {
        arrived = 0;
        round_number++;
        pthread_cond_broadcast(&complete);
    }
    while (round_number == mine)
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
