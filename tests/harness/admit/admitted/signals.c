#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

static volatile sig_atomic_t seen;

static void note(int number)
{
    seen = number;
}

bool interrupted(void)
{
    sigset_t set, pending;
    int number;
    struct timespec none = {0, 0};

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigpending(&pending);
    if (sigismember(&pending, SIGINT) == 1)
        return sigwait(&set, &number) == 0;
    return sigtimedwait(&set, NULL, &none) == SIGINT || seen != 0;
}

void listen(void);

static void prepare(void)
{
    struct sigaction action = {.sa_handler = note};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGUSR2, note);
    raise(SIGUSR1);
    pthread_kill(pthread_self(), SIGUSR2);
}

void answer(void)
{
    prepare();
}
