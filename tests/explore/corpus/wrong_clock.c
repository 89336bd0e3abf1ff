/* The condition goes by the monotonic clock, the deadline by the wall clock:
 * the two are decades apart, and the wait is as long.
 *
 * Answer: wrong
 * Builds: thread address plain
 */
#include <pthread.h>
#include <time.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never;

void scenario(void *arg)
{
    pthread_condattr_t attributes;
    struct timespec deadline;
    time_t start = time(NULL);

    (void)arg;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&never, &attributes);
    pthread_condattr_destroy(&attributes);
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 1;
    pthread_mutex_lock(&lock);
    while (pthread_cond_timedwait(&never, &lock, &deadline) == 0)
        ;
    pthread_mutex_unlock(&lock);
    explore_assert(time(NULL) - start <= 2);
    pthread_cond_destroy(&never);
}
