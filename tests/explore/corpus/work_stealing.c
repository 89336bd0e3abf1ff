/* A work-stealing deque: the owner takes from the bottom, thieves from the top.
 * For the last task both must settle who has it by an exchange of the top; here
 * the owner just takes it.
 *
 * Answer: wrong
 * Builds: thread
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

enum { TASKS = 3 };

static atomic_int top;    /* the next to be stolen */
static atomic_int bottom; /* one above the owner's next */
static atomic_int done[TASKS];

static void run(int task)
{
    explore_assert(atomic_fetch_add(&done[task], 1) == 0);
}

static void take(void)
{
    int task = atomic_load(&bottom) - 1;

    atomic_store(&bottom, task);
    if (atomic_load(&top) <= task)
        run(task);
    else
        atomic_store(&bottom, task + 1);
}

static void steal(void)
{
    int task = atomic_load(&top);

    if (task >= atomic_load(&bottom))
        return;
    if (atomic_compare_exchange_strong(&top, &task, task + 1))
        run(task);
}

static void *thieve(void *arg)
{
    (void)arg;
    steal();
    steal();
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thief;

    atomic_store(&bottom, TASKS);
    pthread_create(&thief, NULL, thieve, arg);
    for (int i = 0; i < TASKS; i++)
        take();
    pthread_join(thief, NULL);
}
