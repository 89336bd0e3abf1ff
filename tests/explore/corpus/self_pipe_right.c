/* A handler writes a byte into a pipe; the main loop waits for it with poll().
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "corpus.h"

static int ends[2]; /* of the pipe: read, write */

static void wake(int number)
{
    int saved = errno;
    char byte = (char)number;

    (void)!write(ends[1], &byte, 1);
    errno = saved;
}

static void *interrupt(void *arg)
{
    (void)arg;
    kill(getpid(), SIGINT);
    return NULL;
}

void scenario(void *arg)
{
    struct sigaction action = {.sa_handler = wake};
    struct sigaction old;
    struct pollfd wanted = {.events = POLLIN};
    pthread_t thread;
    char byte = 0;

    explore_assert(pipe(ends) == 0);
    wanted.fd = ends[0];
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &old);
    pthread_create(&thread, NULL, interrupt, arg);
    while (poll(&wanted, 1, -1) == -1 && errno == EINTR)
        ;
    explore_assert(read(ends[0], &byte, 1) == 1 && byte == SIGINT);
    pthread_join(thread, NULL);
    sigaction(SIGINT, &old, NULL);
    close(ends[0]);
    close(ends[1]);
}
