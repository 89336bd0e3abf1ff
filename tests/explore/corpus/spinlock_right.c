/* A spin lock by exchange, with a yield in its loop.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_bool locked;
static int counter; /* guarded by locked */

static void lock(void)
{
    while (atomic_exchange(&locked, true))
        sched_yield();
}

static void unlock(void)
{
    atomic_store(&locked, false);
}

static void *add(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++) {
        lock();
        counter++;
        unlock();
    }
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, add, arg);
    pthread_create(&threads[1], NULL, add, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(counter == 4);
}
