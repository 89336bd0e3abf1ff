/* Reads from a pipe that was made where the explorer did not see it. */
#include <unistd.h>

#include "corpus.h"

static int ends[2];

__attribute__((constructor)) static void make_pipe(void)
{
    if (pipe(ends) != 0)
        _exit(2);
}

void scenario(void *arg)
{
    char byte;

    (void)arg;
    (void)!read(ends[0], &byte, 1);
}
