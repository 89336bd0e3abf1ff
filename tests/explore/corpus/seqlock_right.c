/* The sequence lock of seqlock.c; the reader reads until the sequence is even
 * and the same before and after.
 *
 * Answer: pass
 * Builds: thread address plain
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
    unsigned before;
    int a;
    int b;

    (void)arg;
    do {
        while ((before = atomic_load(&sequence)) % 2 == 1)
            sched_yield();
        a = atomic_load(&x);
        b = atomic_load(&y);
    } while (atomic_load(&sequence) != before);
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
