/* Who was woken keeps the lock. The main thread has made sure that the other
 * one sleeps: a step that no scheduler chose, by which the schedule that failed
 * must be found again.
 *
 * Answer: deadlock or misuse
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool done; /* guarded by lock */

static void *await(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (!done)
        pthread_cond_wait(&changed, &lock);
    return NULL;
}

static void *tell(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    done = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, await, arg);
    (void)explore_until_blocked(threads[0]);
    pthread_create(&threads[1], NULL, tell, arg);
    await(arg);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
