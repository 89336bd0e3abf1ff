/* SIGINT is blocked before any thread is started; one thread waits for it and
 * tells the others.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "corpus.h"

static sigset_t set;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stopped = PTHREAD_COND_INITIALIZER;
static bool stop; /* guarded by lock */

static void *watch(void *arg)
{
    int got = 0;

    (void)arg;
    sigwait(&set, &got);
    explore_assert(got == SIGINT);
    pthread_mutex_lock(&lock);
    stop = true;
    pthread_cond_broadcast(&stopped);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (!stop)
        pthread_cond_wait(&stopped, &lock);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];
    sigset_t old;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    pthread_create(&threads[0], NULL, watch, arg);
    pthread_create(&threads[1], NULL, work, arg);
    kill(getpid(), SIGINT);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}
