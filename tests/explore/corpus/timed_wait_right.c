/* The wait of missed_deadline.c until two seconds from now, on the clock that
 * the condition goes by. The reply comes after one.
 *
 * Answer: pass
 * Builds: thread address plain
 * Faults: spurious
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sent = PTHREAD_COND_INITIALIZER;
static bool is_sent; /* guarded by lock */

static void *send_later(void *arg)
{
    (void)arg;
    sleep(1);
    pthread_mutex_lock(&lock);
    is_sent = true;
    pthread_cond_signal(&sent);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    struct timespec deadline;
    int error = 0;
    pthread_t thread;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 2;
    pthread_create(&thread, NULL, send_later, arg);
    pthread_mutex_lock(&lock);
    while (!is_sent && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&sent, &lock, &deadline);
    explore_assert(is_sent);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
