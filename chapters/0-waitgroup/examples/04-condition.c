/* Wait for something that another thread does. The waiter asks its
 * question under the lock, in a loop: pthread_cond_wait() gives the
 * lock back while it sleeps, and a wake-up only means that it is time
 * to ask again. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

/* Guards ready. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool ready;

static void *prepare(void *arg)
{
    (void)arg;
    printf("preparing\n");
    MUST(pthread_mutex_lock(&lock));
    ready = true; /* the change first, then the signal */
    MUST(pthread_cond_signal(&changed));
    MUST(pthread_mutex_unlock(&lock));
    return NULL;
}

int main(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, prepare, NULL) != 0)
        return EXIT_FAILURE;
    MUST(pthread_mutex_lock(&lock));
    while (!ready)
        MUST(pthread_cond_wait(&changed, &lock));
    MUST(pthread_mutex_unlock(&lock));
    printf("ready\n");
    MUST(pthread_join(thread, NULL));
    return EXIT_SUCCESS;
}
