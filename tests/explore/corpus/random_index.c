/* A random place is drawn by scaling rand() with RAND_MAX: the greatest number
 * that it may return is scaled to a place beyond the last.
 *
 * Answer: wrong
 * Builds: thread address plain
 * Faults: randoms
 */
#include <pthread.h>
#include <stdlib.h>

#include "corpus.h"

enum { PLACES = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int places[PLACES]; /* guarded by lock */

static void *take_place(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    long place = (long)rand() * PLACES / RAND_MAX;
    explore_assert(place < PLACES);
    places[place]++;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, take_place, arg);
    pthread_create(&threads[1], NULL, take_place, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
