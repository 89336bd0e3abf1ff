/* Looking whether a seat is free and taking it are each done under the lock,
 * but not both under one hold of it.
 *
 * Answer: wrong
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int seats = 1; /* guarded by lock */

static bool has_seat(void)
{
    pthread_mutex_lock(&lock);
    bool has = seats > 0;
    pthread_mutex_unlock(&lock);
    return has;
}

static void take_seat(void)
{
    pthread_mutex_lock(&lock);
    seats--;
    pthread_mutex_unlock(&lock);
}

static void *book(void *arg)
{
    (void)arg;
    if (has_seat())
        take_seat();
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, book, arg);
    pthread_create(&threads[1], NULL, book, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(seats >= 0);
}
