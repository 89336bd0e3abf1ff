/* A spin lock that looks and sets in two steps.
 *
 * Answer: race or wrong
 * Builds: thread
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_bool locked;
static int counter; /* guarded by locked */

static void lock(void)
{
    while (atomic_load(&locked))
        sched_yield();
    atomic_store(&locked, true);
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
