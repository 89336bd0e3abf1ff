/* A stack whose top is swapped in by compare-and-exchange: a thread that slept
 * since it read the top finds the same node there again, but no longer the same
 * node below it.
 *
 * Answer: wrong
 * Builds: thread
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "corpus.h"

struct node {
    _Atomic(struct node *) next;
    atomic_int owners; /* how many hold it, taken from the stack */
};

static struct node nodes[3];
static _Atomic(struct node *) top;

static void push(struct node *node)
{
    atomic_fetch_sub(&node->owners, 1);
    struct node *old = atomic_load(&top);
    do
        atomic_store(&node->next, old);
    while (!atomic_compare_exchange_strong(&top, &old, node));
}

static struct node *pop(void)
{
    struct node *node = atomic_load(&top);

    while (node != NULL) {
        struct node *next = atomic_load(&node->next);
        if (atomic_compare_exchange_strong(&top, &node, next))
            break;
    }
    if (node != NULL)
        explore_assert(atomic_fetch_add(&node->owners, 1) == 0);
    return node;
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
    struct node *first = pop();

    (void)arg;
    (void)pop();
    if (first != NULL)
        push(first);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    for (int i = 0; i < 3; i++) {
        atomic_store(&nodes[i].owners, 1);
        push(&nodes[i]);
    }
    pthread_create(&threads[0], NULL, pop_two, arg);
    pthread_create(&threads[1], NULL, pop_two_push_first, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
