/* SIGINT is blocked after the worker was started: the worker does not have it
 * blocked, and there the signal kills the process.
 *
 * Answer: crash
 * Builds: thread address plain
 */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "corpus.h"

static sigset_t set;

static void *interrupt(void *arg)
{
    (void)arg;
    kill(getpid(), SIGINT);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t worker;
    int got = 0;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_create(&worker, NULL, interrupt, arg);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigwait(&set, &got);
    explore_assert(got == SIGINT);
    pthread_join(worker, NULL);
}
