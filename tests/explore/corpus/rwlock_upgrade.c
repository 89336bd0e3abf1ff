/* Two readers find that there is something to write and ask for the write lock
 * without giving up their read locks: each waits for the other.
 *
 * Answer: deadlock or misuse
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static bool made; /* guarded by lock */

static void *make_once(void *arg)
{
    (void)arg;
    pthread_rwlock_rdlock(&lock);
    if (!made) {
        pthread_rwlock_wrlock(&lock);
        made = true;
        pthread_rwlock_unlock(&lock);
    }
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
}
