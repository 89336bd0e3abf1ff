/* A ring for one producer and one consumer, used by two producers: both fill
 * the same place.
 *
 * Answer: race or wrong
 * Builds: thread
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

enum { PLACES = 4 };

static int ring[PLACES];
static atomic_uint put_at; /* written by the producer */

static void put(int item)
{
    unsigned at = atomic_load(&put_at);

    ring[at % PLACES] = item;
    atomic_store(&put_at, at + 1);
}

static void *produce(void *arg)
{
    (void)arg;
    put(1);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, produce, arg);
    pthread_create(&threads[1], NULL, produce, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(atomic_load(&put_at) == 2 && ring[0] + ring[1] == 2);
}
