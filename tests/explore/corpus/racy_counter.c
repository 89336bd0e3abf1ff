/* Two threads add to a counter without a lock.
 *
 * Answer: race or wrong
 * Builds: thread
 */
#include <pthread.h>

#include "corpus.h"

static int counter; /* guarded by nothing */

static void *add(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++)
        counter++;
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, add, arg);
    pthread_create(&threads[1], NULL, add, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(counter == 6);
}
