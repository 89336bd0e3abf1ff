/* A worker that finds the work closed leaves with exit(), and takes the whole
 * process along.
 *
 * Answer: crash
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdlib.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int jobs = 1; /* guarded by lock */

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    int mine = jobs;
    jobs = 0;
    pthread_mutex_unlock(&lock);
    if (mine == 0)
        exit(1);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, arg);
    pthread_mutex_lock(&lock);
    jobs = 0;
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
