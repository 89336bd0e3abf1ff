/* The wait of pause_too_late.c: the signal is blocked, and let in by the same
 * call that waits for it.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <signal.h>

#include "corpus.h"

static volatile sig_atomic_t came;

static void note(int number)
{
    (void)number;
    came = 1;
}

static void *interrupt(void *arg)
{
    pthread_kill(*(const pthread_t *)arg, SIGINT);
    return NULL;
}

void scenario(void *arg)
{
    struct sigaction action = {.sa_handler = note};
    pthread_t self = pthread_self();
    pthread_t thread;
    sigset_t set;
    sigset_t old;

    (void)arg;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    pthread_create(&thread, NULL, interrupt, &self);
    while (!came)
        sigsuspend(&old);
    pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}
