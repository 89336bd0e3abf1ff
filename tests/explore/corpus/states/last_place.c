/* Three threads try for two places of a semaphore, and none gives one back.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 3
 */
#include <pthread.h>
#include <semaphore.h>

#include "corpus.h"

static sem_t places;
static int got[3]; /* each its own thread's */
static int ids[3] = {0, 1, 2};

static void *try_it(void *arg)
{
    int me = *(const int *)arg;

    got[me] = sem_trywait(&places) == 0;
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    (void)arg;
    sem_init(&places, 0, 2);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, try_it, &ids[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 3; i++)
        explore_observe((uint64_t)got[i]);
    sem_destroy(&places);
}
