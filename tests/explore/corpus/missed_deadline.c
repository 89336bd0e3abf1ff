/* A duration is passed where a moment is asked for: two seconds after 1970 are
 * past, so the wait ends at once and the reply is missed.
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
    struct timespec deadline = {.tv_sec = 2};
    int error = 0;
    pthread_t thread;

    pthread_create(&thread, NULL, send_later, arg);
    pthread_mutex_lock(&lock);
    while (!is_sent && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&sent, &lock, &deadline);
    explore_assert(is_sent);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
