/* A thread is handed a variable of a function that returns without waiting for
 * it: it writes into a dead stack frame, where the next call has its own.
 *
 * Answer: race or wrong or crash
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>

#include "corpus.h"

static void *answer(void *arg)
{
    *(int *)arg = 42;
    return NULL;
}

static pthread_t ask(void)
{
    pthread_t thread;
    int reply = 0;

    pthread_create(&thread, NULL, answer, &reply);
    return thread;
}

static int sum_of_eight(void)
{
    volatile int numbers[8] = {0};

    for (int i = 0; i < 8; i++)
        numbers[i] = i;
    sched_yield();
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += numbers[i];
    return sum;
}

void scenario(void *arg)
{
    (void)arg;
    pthread_t thread = ask();

    explore_assert(sum_of_eight() == 28);
    pthread_join(thread, NULL);
}
