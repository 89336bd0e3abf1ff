/* Three threads and three locks: each pair of locks alone is taken in one order
 * only, but all three orders together make a ring.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { N = 3 };

static pthread_mutex_t locks[N] = {
    PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER,
};
static int ids[N] = {0, 1, 2};

static void *take_two(void *arg)
{
    int first = *(const int *)arg;
    int second = (first + 1) % N;

    pthread_mutex_lock(&locks[first]);
    pthread_mutex_lock(&locks[second]);
    pthread_mutex_unlock(&locks[second]);
    pthread_mutex_unlock(&locks[first]);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[N];

    (void)arg;
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, take_two, &ids[i]);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
}
