/* Two threads draw one of eight places each. What they draw may be any number
 * that rand() has, the same one too.
 *
 * Answer: wrong
 * Builds: thread address plain
 * Faults: randoms
 */
#include <pthread.h>
#include <stdlib.h>

#include "corpus.h"

enum { PLACES = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int taken[PLACES]; /* guarded by lock */

static void *draw(void *arg)
{
    int place = rand() % PLACES;

    (void)arg;
    pthread_mutex_lock(&lock);
    explore_assert(taken[place] == 0);
    taken[place] = 1;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, draw, arg);
    pthread_create(&threads[1], NULL, draw, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
