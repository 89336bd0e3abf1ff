/* Thread-specific data: each thread sees its own value, and each value is freed
 * when its thread ends.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "corpus.h"

enum { N = 2 };

static pthread_key_t key;
static atomic_int freed;
static int ids[N] = {1, 2};

static void let_go(void *value)
{
    free(value);
    atomic_fetch_add(&freed, 1);
}

static void *work(void *arg)
{
    int *mine = malloc(sizeof *mine);

    explore_assert(pthread_getspecific(key) == NULL);
    *mine = *(const int *)arg;
    pthread_setspecific(key, mine);
    sched_yield();
    explore_assert(*(int *)pthread_getspecific(key) == *(const int *)arg);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[N];

    (void)arg;
    pthread_key_create(&key, let_go);
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, work, &ids[i]);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    explore_assert(atomic_load(&freed) == N);
    pthread_key_delete(key);
}
