/* Wait for something, but not longer than until a moment. The condition
 * goes by CLOCK_MONOTONIC, as the moment does. After the wait only the
 * variable says whether it has happened. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "must.h"

/* Guards arrived. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrival;
static bool arrived;

static void make_monotonic(pthread_cond_t *condition)
{
    pthread_condattr_t clock;

    MUST(pthread_condattr_init(&clock));
    MUST(pthread_condattr_setclock(&clock, CLOCK_MONOTONIC));
    MUST(pthread_cond_init(condition, &clock));
    MUST(pthread_condattr_destroy(&clock));
}

static bool wait_for_arrival(long seconds)
{
    struct timespec until;
    bool in_time = true;

    MUST(clock_gettime(CLOCK_MONOTONIC, &until));
    until.tv_sec += seconds;
    MUST(pthread_mutex_lock(&lock));
    while (!arrived && in_time)
        in_time = pthread_cond_timedwait(&arrival, &lock, &until) !=
                  ETIMEDOUT;
    bool seen = arrived;
    MUST(pthread_mutex_unlock(&lock));
    return seen;
}

static void *arrive(void *arg)
{
    MUST(pthread_mutex_lock(&lock));
    arrived = true;
    MUST(pthread_cond_signal(&arrival));
    MUST(pthread_mutex_unlock(&lock));
    return arg;
}

int main(void)
{
    pthread_t thread;

    make_monotonic(&arrival);
    printf("nobody comes: %s\n",
           wait_for_arrival(0) ? "seen" : "given up");
    if (pthread_create(&thread, NULL, arrive, NULL) != 0)
        return EXIT_FAILURE;
    printf("someone comes: %s\n",
           wait_for_arrival(60) ? "seen" : "given up");
    MUST(pthread_join(thread, NULL));
    MUST(pthread_cond_destroy(&arrival));
    return EXIT_SUCCESS;
}
