/* A sleep of a second is to make sure that the other thread has done its part.
 * It makes sure of nothing: time may pass while a thread does not run.
 *
 * Answer: wrong
 * Builds: thread address plain
 * Faults: clock
 */
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool made; /* guarded by lock */

static void *make(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    made = true;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, make, arg);
    sleep(1);
    pthread_mutex_lock(&lock);
    explore_assert(made);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
