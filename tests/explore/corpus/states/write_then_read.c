/* Each thread writes its own flag and reads the other's: at least one of them
 * sees the other.
 *
 * Answer: pass
 * Builds: thread
 * States: 3
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_int flags[2];
static int seen[2]; /* each its own thread's */
static int ids[2] = {0, 1};

static void *show_and_look(void *arg)
{
    int me = *(const int *)arg;

    atomic_store(&flags[me], 1);
    seen[me] = atomic_load(&flags[1 - me]);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, show_and_look, &ids[0]);
    pthread_create(&threads[1], NULL, show_and_look, &ids[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_observe((uint64_t)seen[0] * 2 + (uint64_t)seen[1]);
}
