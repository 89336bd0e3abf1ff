/* The flag is atomic, so there is no data race; but it is set without the lock,
 * between the waiter's look at it and its wait.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static atomic_bool is_ready;

static void *announce(void *arg)
{
    (void)arg;
    atomic_store(&is_ready, true);
    pthread_cond_signal(&ready);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, announce, arg);
    pthread_mutex_lock(&lock);
    while (!atomic_load(&is_ready))
        pthread_cond_wait(&ready, &lock);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
