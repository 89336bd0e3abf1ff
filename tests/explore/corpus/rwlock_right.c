/* The library's reader-writer lock: two readers, two writers, and one who only
 * tries.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int value[2]; /* guarded by lock; always alike */

static void *write_both(void *arg)
{
    (void)arg;
    pthread_rwlock_wrlock(&lock);
    value[0]++;
    value[1]++;
    pthread_rwlock_unlock(&lock);
    return NULL;
}

static void *read_both(void *arg)
{
    (void)arg;
    pthread_rwlock_rdlock(&lock);
    explore_assert(value[0] == value[1]);
    pthread_rwlock_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, i < 2 ? write_both : read_both, arg);
    if (pthread_rwlock_tryrdlock(&lock) == 0) {
        explore_assert(value[0] == value[1]);
        pthread_rwlock_unlock(&lock);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    explore_assert(value[0] == 2);
    pthread_rwlock_destroy(&lock);
}
