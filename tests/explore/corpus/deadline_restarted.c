/* The deadline is set anew after each wake-up: others who knock keep the waiter
 * waiting far beyond its two seconds.
 *
 * Answer: wrong
 * Builds: thread address plain
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_there; /* guarded by lock; stays false */

static void *knock(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        sleep(1);
        pthread_mutex_lock(&lock);
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void wait_two_seconds(void)
{
    struct timespec deadline;
    int error = 0;

    pthread_mutex_lock(&lock);
    while (!is_there && error != ETIMEDOUT) {
        clock_gettime(CLOCK_REALTIME, &deadline);
        deadline.tv_sec += 2;
        error = pthread_cond_timedwait(&changed, &lock, &deadline);
    }
    pthread_mutex_unlock(&lock);
}

void scenario(void *arg)
{
    time_t start = time(NULL);
    pthread_t thread;

    pthread_create(&thread, NULL, knock, arg);
    wait_two_seconds();
    explore_assert(time(NULL) - start <= 2);
    pthread_join(thread, NULL);
}
