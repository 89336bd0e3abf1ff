/* A signal that is pending when it becomes ignored is thrown away. So a
 * program can unblock it afterwards and lives on; without the line
 * marked (*) it would be ended there by SIGUSR1. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

static const char *is_pending(int number)
{
    sigset_t pending;

    MUST(sigpending(&pending));
    return sigismember(&pending, number) == 1 ? "pending"
                                              : "not pending";
}

int main(void)
{
    struct sigaction quiet = {.sa_handler = SIG_IGN};
    sigset_t user;

    MUST(sigemptyset(&user));
    MUST(sigaddset(&user, SIGUSR1));
    MUST(pthread_sigmask(SIG_BLOCK, &user, NULL));
    MUST(raise(SIGUSR1));
    printf("blocked and sent: %s\n", is_pending(SIGUSR1));
    MUST(sigaction(SIGUSR1, &quiet, NULL)); /* (*) */
    printf("ignored: %s\n", is_pending(SIGUSR1));
    MUST(pthread_sigmask(SIG_UNBLOCK, &user, NULL));
    printf("unblocked: still alive\n");
    return EXIT_SUCCESS;
}
