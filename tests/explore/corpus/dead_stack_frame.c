/* A thread is handed an array of a function that returns without waiting for
 * it: it writes into a dead stack frame, where the next call has its own.
 *
 * Answer: race or wrong or crash
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>

#include "corpus.h"

enum { MANY = 32 };

static void *answer(void *arg)
{
    int *replies = arg;

    for (int i = 0; i < MANY; i++)
        replies[i] = 42;
    return NULL;
}

static pthread_t ask(void)
{
    pthread_t thread;
    int replies[MANY] = {0};

    pthread_create(&thread, NULL, answer, replies);
    return thread;
}

static int sum(const int *numbers)
{
    int total = 0;

    sched_yield();
    for (int i = 0; i < MANY; i++)
        total += numbers[i];
    return total;
}

static int sum_of_ones(void)
{
    int numbers[MANY];

    for (int i = 0; i < MANY; i++)
        numbers[i] = 1;
    return sum(numbers);
}

void scenario(void *arg)
{
    (void)arg;
    pthread_t thread = ask();

    explore_assert(sum_of_ones() == MANY);
    pthread_join(thread, NULL);
}
