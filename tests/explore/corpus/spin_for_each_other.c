/* Each thread waits in a loop for a sign of the other and gives its own only
 * then: they run for ever.
 *
 * Answer: livelock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_bool signs[2];
static int ids[2] = {0, 1};

static void *wait_then_sign(void *arg)
{
    int me = *(const int *)arg;

    while (!atomic_load(&signs[1 - me]))
        sched_yield();
    atomic_store(&signs[me], true);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, wait_then_sign, &ids[0]);
    pthread_create(&threads[1], NULL, wait_then_sign, &ids[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
