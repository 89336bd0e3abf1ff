/* Waits in a call that the explorer does not know, for a thread that it does
 * not know either, and that is still at work: nothing blocks. A machine that is
 * so busy that a thread waits for a core looks the same from outside. */
#include <pthread.h>
#include <unistd.h>

#include "corpus.h"
#include "cpu.h"

enum { MS = 1800 };

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg);

static int ends[2];

__attribute__((constructor)) static void make_pipe(void)
{
    if (pipe(ends) != 0)
        _exit(2);
}

static void *work(void *arg)
{
    compute(MS);
    (void)syscall(SYS_write, ends[1], "", 1);
    return arg;
}

void scenario(void *arg)
{
    pthread_t thread;
    char byte;

    (void)arg;
    if (__real_pthread_create(&thread, NULL, work, NULL) == 0)
        (void)!read(ends[0], &byte, 1);
}
