/* A variable of which every thread has its own. It is there when the thread
 * starts, with its initial value, and goes when the thread ends. No lock guards
 * it: nobody else can see it by its name. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

static _Thread_local int depth; /* how deep the calling thread has dived */

static void dive(int to)
{
    depth++;
    if (depth < to)
        dive(to);
}

static void *dive_deep(void *seen)
{
    dive(5);
    *(int *)seen = depth;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int its_depth = 0;

    dive(2);
    if (pthread_create(&thread, NULL, dive_deep, &its_depth) != 0)
        return EXIT_FAILURE;
    MUST(pthread_join(thread, NULL));
    printf("the thread dived to %d, main is at %d\n", its_depth, depth);
    return EXIT_SUCCESS;
}
