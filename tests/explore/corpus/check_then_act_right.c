/* Looking for a seat and taking it are one critical section.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int seats = 1; /* guarded by lock */

static void *book(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    if (seats > 0)
        seats--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, book, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    explore_assert(seats == 0);
}
