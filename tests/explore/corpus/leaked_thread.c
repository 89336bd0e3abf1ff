/* When the worker is quick, nobody joins it.
 *
 * Answer: leak
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool done; /* guarded by lock */

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    done = true;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, arg);
    pthread_mutex_lock(&lock);
    bool is_done = done;
    pthread_mutex_unlock(&lock);
    if (!is_done)
        pthread_join(thread, NULL);
}
