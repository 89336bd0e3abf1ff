/* A thread that can be asked to stop, between two pieces of work and
 * nowhere else. The question is asked under the lock; the work is done
 * without it, or nobody could ask the thread to stop while it works. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { PIECES = 1000000 };

/* Guards asked. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool asked;

static bool asked_to_stop(void)
{
    MUST(pthread_mutex_lock(&lock));
    bool stop = asked;
    MUST(pthread_mutex_unlock(&lock));
    return stop;
}

static void *work(void *pieces)
{
    int *done = pieces;

    while (*done < PIECES && !asked_to_stop())
        (*done)++;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int done = 0; /* the thread's own until it is joined */

    if (pthread_create(&thread, NULL, work, &done) != 0)
        return EXIT_FAILURE;
    MUST(pthread_mutex_lock(&lock));
    asked = true;
    MUST(pthread_mutex_unlock(&lock));
    MUST(pthread_join(thread, NULL));
    printf("%s\n", done < PIECES ? "stopped between two pieces"
                                 : "all was done before the question");
    return EXIT_SUCCESS;
}
