/* A loop that is to start two threads forgets to count them.
 *
 * Answer: livelock
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { N = 2 };

static void *rest(void *arg)
{
    return arg;
}

void scenario(void *arg)
{
    pthread_t threads[N];
    int started = 0;

    (void)arg;
    // NOLINTNEXTLINE(bugprone-infinite-loop): this is the mistake
    while (started < N)
        pthread_create(&threads[started], NULL, rest, NULL);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
}
