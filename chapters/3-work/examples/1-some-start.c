/* Three threads, of which the third cannot be started. Whoever starts several
 * counts those that run, and joins exactly these: to join a thread that was
 * never started is undefined, and one that is not joined is left behind. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { THREADS = 3 };

static void *greet(void *unused)
{
    printf("a thread runs\n");
    return unused;
}

/* A thread whose stack is larger than any memory is refused. */
static int start(pthread_t *thread, size_t stack_size)
{
    pthread_attr_t attributes;

    MUST(pthread_attr_init(&attributes));
    if (stack_size != 0)
        MUST(pthread_attr_setstacksize(&attributes, stack_size));
    int error = pthread_create(thread, &attributes, greet, NULL);
    MUST(pthread_attr_destroy(&attributes));
    return error;
}

int main(void)
{
    const size_t stack[THREADS] = {0, 0, SIZE_MAX / 4 + 1};
    pthread_t thread[THREADS];
    int running = 0;

    while (running < THREADS) {
        if (start(&thread[running], stack[running]) != 0)
            break;
        running++;
    }
    for (int i = 0; i < running; i++)
        MUST(pthread_join(thread[i], NULL));
    printf("%d of %d could be started\n", running, THREADS);
    return EXIT_SUCCESS;
}
