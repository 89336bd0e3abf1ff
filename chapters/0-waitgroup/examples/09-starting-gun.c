/* Three runners wait for one gun. Any number of threads may wait on a
 * condition; pthread_cond_broadcast() wakes them all, and each asks its
 * own question again. pthread_cond_signal() would let one run. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { RUNNERS = 3 };

/* Guards fired and running. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gun = PTHREAD_COND_INITIALIZER;
static bool fired;
static int running;

static void *run(void *arg)
{
    (void)arg;
    MUST(pthread_mutex_lock(&lock));
    while (!fired)
        MUST(pthread_cond_wait(&gun, &lock));
    running++;
    MUST(pthread_mutex_unlock(&lock));
    return NULL;
}

int main(void)
{
    pthread_t runner[RUNNERS];
    int started = 0;

    while (started < RUNNERS &&
           pthread_create(&runner[started], NULL, run, NULL) == 0)
        started++;
    MUST(pthread_mutex_lock(&lock));
    fired = true;
    MUST(pthread_cond_broadcast(&gun));
    MUST(pthread_mutex_unlock(&lock));
    for (int i = 0; i < started; i++)
        MUST(pthread_join(runner[i], NULL));
    printf("%d of %d ran\n", running, started);
    return EXIT_SUCCESS;
}
