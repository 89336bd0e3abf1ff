/* The two locks of lock_order_two.c, by the calls of C11.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <threads.h>

#include "corpus.h"

static mtx_t locks[2];
static int ids[2] = {0, 1};

static int take_both(void *arg)
{
    int first = *(const int *)arg;

    (void)mtx_lock(&locks[first]);
    (void)mtx_lock(&locks[1 - first]);
    (void)mtx_unlock(&locks[1 - first]);
    (void)mtx_unlock(&locks[first]);
    return 0;
}

void scenario(void *arg)
{
    thrd_t threads[2];

    (void)arg;
    for (int i = 0; i < 2; i++)
        (void)mtx_init(&locks[i], mtx_plain);
    for (int i = 0; i < 2; i++)
        (void)thrd_create(&threads[i], take_both, &ids[i]);
    for (int i = 0; i < 2; i++)
        (void)thrd_join(threads[i], NULL);
    for (int i = 0; i < 2; i++)
        mtx_destroy(&locks[i]);
}
