/* Three threads and three locks in a ring, but the smaller number always comes
 * first.
 *
 * Answer: pass
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
static int counts[N]; /* counts[i] is guarded by locks[i] */
static int ids[N] = {0, 1, 2};

static void *take_two(void *arg)
{
    int a = *(const int *)arg;
    int b = (a + 1) % N;
    int first = a < b ? a : b;
    int second = a < b ? b : a;

    pthread_mutex_lock(&locks[first]);
    pthread_mutex_lock(&locks[second]);
    counts[a]++;
    counts[b]++;
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
    for (int i = 0; i < N; i++)
        explore_assert(counts[i] == 2);
}
