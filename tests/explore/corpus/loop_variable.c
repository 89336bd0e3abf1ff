/* Each thread is handed the address of the loop's variable, and reads whatever
 * number the loop has come to.
 *
 * Answer: race or wrong
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { N = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int seen[N + 1]; /* guarded by lock */

static void *mark(void *arg)
{
    pthread_mutex_lock(&lock);
    seen[*(const int *)arg]++;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[N];
    int i;

    (void)arg;
    for (i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, mark, &i);
    for (int j = 0; j < N; j++)
        pthread_join(threads[j], NULL);
    for (int j = 0; j < N; j++)
        explore_assert(seen[j] == 1);
}
