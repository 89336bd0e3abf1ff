/* A condition is destroyed as soon as all have been woken, but one may come to
 * wait for it only then.
 *
 * Answer: misuse
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done;
static int waiting; /* guarded by lock */

static void *wait_once(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    waiting++;
    pthread_cond_wait(&done, &lock);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_cond_init(&done, NULL);
    pthread_create(&thread, NULL, wait_once, arg);
    pthread_mutex_lock(&lock);
    if (waiting > 0)
        pthread_cond_broadcast(&done);
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&done);
    pthread_join(thread, NULL);
}
