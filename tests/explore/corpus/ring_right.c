/* A ring for one producer and one consumer: each writes its own index, with
 * release, and reads the other's, with acquire.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "corpus.h"

enum { PLACES = 2, ITEMS = 4 };

static int ring[PLACES];
static atomic_int put_at;  /* written by the producer */
static atomic_int take_at; /* written by the consumer */

static void *produce(void *arg)
{
    (void)arg;
    for (int i = 0; i < ITEMS; i++) {
        while (i - atomic_load_explicit(&take_at, memory_order_acquire) ==
               PLACES)
            sched_yield();
        ring[i % PLACES] = i;
        atomic_store_explicit(&put_at, i + 1, memory_order_release);
    }
    return NULL;
}

void scenario(void *arg)
{
    pthread_t producer;

    pthread_create(&producer, NULL, produce, arg);
    for (int i = 0; i < ITEMS; i++) {
        while (atomic_load_explicit(&put_at, memory_order_acquire) == i)
            sched_yield();
        explore_assert(ring[i % PLACES] == i);
        atomic_store_explicit(&take_at, i + 1, memory_order_release);
    }
    pthread_join(producer, NULL);
}
