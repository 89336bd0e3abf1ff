/* SIGINT is blocked and asked for between two parts of the work. One that comes
 * after the last look is still pending when the old mask returns, and kills.
 *
 * Answer: crash
 * Builds: thread address plain
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"

static void *interrupt(void *arg)
{
    (void)arg;
    kill(getpid(), SIGINT);
    return NULL;
}

static bool is_interrupted(const sigset_t *set)
{
    return sigtimedwait(set, NULL, &(struct timespec){0}) == SIGINT;
}

void scenario(void *arg)
{
    sigset_t set;
    sigset_t old;
    pthread_t thread;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    pthread_create(&thread, NULL, interrupt, arg);
    for (int part = 0; part < 2 && !is_interrupted(&set); part++)
        ;
    pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}
