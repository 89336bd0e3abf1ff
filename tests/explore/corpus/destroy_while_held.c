/* The lock is destroyed by whom the worker has told that it is done; the worker
 * may still hold it.
 *
 * Answer: misuse or race
 * Builds: thread address plain
 */
#include <pthread.h>
#include <semaphore.h>

#include "corpus.h"

static pthread_mutex_t lock;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t done;

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    sem_post(&done);
    pthread_mutex_lock(&log_lock);
    pthread_mutex_unlock(&log_lock);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t worker;

    pthread_mutex_init(&lock, NULL);
    sem_init(&done, 0, 0);
    pthread_create(&worker, NULL, work, arg);
    sem_wait(&done);
    pthread_mutex_destroy(&lock);
    pthread_join(worker, NULL);
    sem_destroy(&done);
}
