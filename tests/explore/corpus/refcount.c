/* The count goes down atomically, but whether it was the last is asked in a
 * second step: two threads may both find zero, and both free.
 *
 * Answer: wrong
 * Builds: thread
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "corpus.h"

static atomic_int references = 2;
static atomic_int freed;
static int *object;

static void release(void)
{
    atomic_fetch_sub(&references, 1);
    if (atomic_load(&references) == 0) {
        explore_assert(atomic_fetch_add(&freed, 1) == 0);
        free(object);
    }
}

static void *use(void *arg)
{
    (void)arg;
    release();
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    object = malloc(sizeof *object);
    pthread_create(&threads[0], NULL, use, arg);
    pthread_create(&threads[1], NULL, use, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
