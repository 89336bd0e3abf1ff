/* Three threads come in through one lock, in any of six orders.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 6
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int came; /* both are guarded by lock */
static int order[3];
static int ids[3] = {0, 1, 2};

static void *come(void *arg)
{
    pthread_mutex_lock(&lock);
    order[came++] = *(const int *)arg;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    (void)arg;
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, come, &ids[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 3; i++)
        explore_observe((uint64_t)order[i]);
}
