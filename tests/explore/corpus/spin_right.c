/* A thread waits for a flag in a loop that does not yield. Under any fair
 * scheduler it ends.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_bool ready;
static int value; /* written before ready */

static void *make(void *arg)
{
    (void)arg;
    value = 42;
    atomic_store_explicit(&ready, true, memory_order_release);
    return NULL;
}

static void *use(void *arg)
{
    (void)arg;
    while (!atomic_load_explicit(&ready, memory_order_acquire))
        ;
    explore_assert(value == 42);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    pthread_create(&threads[0], NULL, use, arg);
    pthread_create(&threads[1], NULL, use, arg);
    pthread_create(&threads[2], NULL, make, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
