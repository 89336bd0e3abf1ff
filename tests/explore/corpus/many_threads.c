/* Ten threads; only when the last one to be started is the first to come in
 * does it go wrong.
 *
 * Answer: wrong
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { N = 10 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int came; /* both are guarded by lock */
static int order[N];
static int ids[N];

static void *come(void *arg)
{
    pthread_mutex_lock(&lock);
    order[came++] = *(const int *)arg;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[N];

    (void)arg;
    for (int i = 0; i < N; i++) {
        ids[i] = i;
        pthread_create(&threads[i], NULL, come, &ids[i]);
    }
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    explore_assert(order[0] != N - 1);
}
