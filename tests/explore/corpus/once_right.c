/* pthread_once() makes the value for whoever comes first; the others wait until
 * it is there.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>

#include "corpus.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int value; /* written by the one who makes it */
static int times;

static void make(void)
{
    times++;
    sched_yield();
    value = 42;
}

static void *use(void *arg)
{
    (void)arg;
    pthread_once(&once, make);
    explore_assert(value == 42 && times == 1);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, use, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
