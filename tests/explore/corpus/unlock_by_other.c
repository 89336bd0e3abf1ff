/* A mutex used as a signal: one thread locks it, and another one unlocks it to
 * say that it may go on.
 *
 * Answer: misuse
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *let_go(void *arg)
{
    (void)arg;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_mutex_lock(&lock);
    pthread_create(&thread, NULL, let_go, arg);
    pthread_join(thread, NULL);
}
