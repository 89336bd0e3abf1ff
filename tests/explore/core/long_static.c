/* Two threads that take their turns 100,000 times, and count that in a register
 * or on their stacks: it takes long, but it ends. */
#include <pthread.h>
#include <sched.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *take_turns(void *arg)
{
    for (int i = 0; i < 100000; i++) {
        pthread_mutex_lock(&lock);
        pthread_mutex_unlock(&lock);
        sched_yield();
    }
    return arg;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, take_turns, arg);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}
