/* To write, a reader gives up its lock, takes the write lock and looks again.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static bool made; /* both are guarded by lock */
static int times;

static void *make_once(void *arg)
{
    (void)arg;
    pthread_rwlock_rdlock(&lock);
    bool there = made;
    pthread_rwlock_unlock(&lock);
    if (there)
        return NULL;
    pthread_rwlock_wrlock(&lock);
    times += made ? 0 : 1;
    made = true;
    pthread_rwlock_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, make_once, arg);
    pthread_create(&threads[1], NULL, make_once, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(times == 1);
}
