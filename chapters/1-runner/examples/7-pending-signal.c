/* A blocked signal waits in the kernel, once, however often it is sent.
 * It is asked for with sigtimedwait(); with a timeout of zero that
 * never sleeps, it says at once whether there is one. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "must.h"

static const char *ask(const sigset_t *wanted)
{
    const struct timespec not_at_all = {0};

    return sigtimedwait(wanted, NULL, &not_at_all) == SIGUSR1
               ? "there is one"
               : "there is none";
}

int main(void)
{
    sigset_t user;

    MUST(sigemptyset(&user));
    MUST(sigaddset(&user, SIGUSR1));
    MUST(pthread_sigmask(SIG_BLOCK, &user, NULL));
    printf("before: %s\n", ask(&user));
    MUST(raise(SIGUSR1));
    MUST(raise(SIGUSR1));
    printf("sent twice: %s\n", ask(&user));
    printf("asked again: %s\n", ask(&user));
    return EXIT_SUCCESS;
}
