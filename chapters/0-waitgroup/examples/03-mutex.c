/* The same count, right: the mutex lets one thread at a time into the
 * critical section, and what one wrote there the next one sees. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { TURNS = 1000000 };

/* Guards counter. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void *count(void *arg)
{
    (void)arg;
    for (int i = 0; i < TURNS; i++) {
        MUST(pthread_mutex_lock(&lock));
        counter++;
        MUST(pthread_mutex_unlock(&lock));
    }
    return NULL;
}

int main(void)
{
    pthread_t first;
    pthread_t second;

    if (pthread_create(&first, NULL, count, NULL) != 0)
        return EXIT_FAILURE;
    if (pthread_create(&second, NULL, count, NULL) != 0) {
        (void)pthread_join(first, NULL);
        return EXIT_FAILURE;
    }
    (void)pthread_join(first, NULL);
    (void)pthread_join(second, NULL);
    printf("counted to %ld of %d\n", counter, 2 * TURNS);
    return EXIT_SUCCESS;
}
