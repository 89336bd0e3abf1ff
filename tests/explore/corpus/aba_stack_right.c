/* The stack of aba_stack.c with nodes by number, and a count beside the top
 * that changes with each exchange: an old top is never taken for the present
 * one.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

enum { NODES = 3, NONE = 0, NUMBER = 0xff, TURN = 0x100 };

static atomic_uint next[NODES + 1];   /* the number of the node below */
static atomic_uint owners[NODES + 1]; /* how many hold it */
static atomic_uint top;               /* a node's number and a count of turns */

static void push(unsigned node)
{
    unsigned old = atomic_load(&top);
    unsigned new;

    atomic_fetch_sub(&owners[node], 1);
    do {
        atomic_store(&next[node], old & NUMBER);
        new = ((old & ~(unsigned)NUMBER) + TURN) | node;
    } while (!atomic_compare_exchange_strong(&top, &old, new));
}

static unsigned pop(void)
{
    unsigned old = atomic_load(&top);
    unsigned new;

    do {
        if ((old & NUMBER) == NONE)
            return NONE;
        new = ((old & ~(unsigned)NUMBER) + TURN) |
              atomic_load(&next[old & NUMBER]);
    } while (!atomic_compare_exchange_strong(&top, &old, new));
    explore_assert(atomic_fetch_add(&owners[old & NUMBER], 1) == 0);
    return old & NUMBER;
}

static void *pop_two(void *arg)
{
    (void)arg;
    (void)pop();
    (void)pop();
    return NULL;
}

static void *pop_two_push_first(void *arg)
{
    unsigned first = pop();

    (void)arg;
    (void)pop();
    if (first != NONE)
        push(first);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    for (unsigned i = 1; i <= NODES; i++) {
        atomic_store(&owners[i], 1);
        push(i);
    }
    pthread_create(&threads[0], NULL, pop_two, arg);
    pthread_create(&threads[1], NULL, pop_two_push_first, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
