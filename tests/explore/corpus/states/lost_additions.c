/* Two threads add twice each, in two steps: 2, 3 or 4 come out.
 *
 * Answer: pass
 * Builds: thread
 * States: 3
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_int value;

static void *add_twice(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++)
        atomic_store(&value, atomic_load(&value) + 1);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, add_twice, NULL);
    pthread_create(&threads[1], NULL, add_twice, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)atomic_load(&value));
}
