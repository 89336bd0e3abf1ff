/* The handler sets a flag; the signal comes after the look at the flag and
 * before pause(), which then waits for another.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

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

    (void)arg;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    pthread_create(&thread, NULL, interrupt, &self);
    while (!came)
        pause();
    pthread_join(thread, NULL);
}
