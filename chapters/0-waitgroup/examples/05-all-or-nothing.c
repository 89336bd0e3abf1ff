/* An object that needs two things of the system: it gets both or none.
 * A barrier for nobody is refused (EINVAL), so the second call fails
 * here for sure; the lock that the first one made is given back. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

struct race {
    pthread_rwlock_t results;
    pthread_barrier_t start; /* lets all runners go at once */
};

/* 0, or the error of the call that failed: then *race is empty. */
static int race_init(struct race *race, unsigned runners)
{
    int failure = pthread_rwlock_init(&race->results, NULL);
    if (failure)
        return failure;
    failure = pthread_barrier_init(&race->start, NULL, runners);
    if (failure)
        MUST(pthread_rwlock_destroy(&race->results));
    return failure;
}

int main(void)
{
    struct race race;

    printf("a race of none: %s\n",
           race_init(&race, 0) == EINVAL ? "refused" : "?");
    if (race_init(&race, 2) != 0)
        return EXIT_FAILURE;
    printf("a race of two: ready\n");
    MUST(pthread_barrier_destroy(&race.start));
    MUST(pthread_rwlock_destroy(&race.results));
    return EXIT_SUCCESS;
}
