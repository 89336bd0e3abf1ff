/* A thread's own variables have their first values in each thread of each
 * schedule.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>

#include "corpus.h"

static _Thread_local int depth = 3;
static _Thread_local int zero;

static void *use(void *arg)
{
    explore_assert(depth == 3 && zero == 0);
    depth = *(const int *)arg;
    zero = 1;
    sched_yield();
    explore_assert(depth == *(const int *)arg);
    return NULL;
}

void scenario(void *arg)
{
    static int ids[2] = {10, 20};
    pthread_t threads[2];

    (void)arg;
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, use, &ids[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    (void)use(&ids[0]);
}
