/* The counter of atomic_counter.c with one atomic addition.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_int counter;

static void *add(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++)
        atomic_fetch_add(&counter, 1);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, add, arg);
    pthread_create(&threads[1], NULL, add, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(atomic_load(&counter) == 6);
}
