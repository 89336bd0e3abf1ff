/* Two wait, one signal for each comes: whichever is woken first takes the first
 * number.
 *
 * Answer: pass
 * Builds: thread address plain
 * Faults: waiter
 * States: 2
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t called = PTHREAD_COND_INITIALIZER;
static int numbers; /* these three are guarded by lock */
static int next = 1;
static int mine[2];
static int ids[2] = {0, 1};

static void *draw(void *arg)
{
    pthread_mutex_lock(&lock);
    while (numbers == 0)
        pthread_cond_wait(&called, &lock);
    numbers--;
    mine[*(const int *)arg] = next++;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, draw, &ids[0]);
    pthread_create(&threads[1], NULL, draw, &ids[1]);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&lock);
        numbers++;
        pthread_cond_signal(&called);
        pthread_mutex_unlock(&lock);
    }
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)mine[0] * 2 + (uint64_t)mine[1]);
}
