/* A sequence lock whose reader looks at the sequence before it reads, and not
 * again after: it may see half of a write.
 *
 * Answer: wrong
 * Builds: thread
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "corpus.h"

static atomic_uint sequence; /* odd while a write goes on */
static atomic_int x;
static atomic_int y;

static void *write_both(void *arg)
{
    (void)arg;
    atomic_fetch_add(&sequence, 1);
    atomic_store(&x, 1);
    atomic_store(&y, 1);
    atomic_fetch_add(&sequence, 1);
    return NULL;
}

static void *read_both(void *arg)
{
    int a;
    int b;

    (void)arg;
    while (atomic_load(&sequence) % 2 == 1)
        sched_yield();
    a = atomic_load(&x);
    b = atomic_load(&y);
    explore_assert(a == b);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, read_both, arg);
    pthread_create(&threads[1], NULL, write_both, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
