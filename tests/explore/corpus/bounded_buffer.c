/* A bounded buffer whose producers look once whether there is room: the place
 * that was freed may be taken by another producer.
 *
 * Answer: wrong
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { PLACES = 1, EACH = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static pthread_cond_t emptied = PTHREAD_COND_INITIALIZER;
static int buffer[PLACES]; /* these two are guarded by lock */
static int count;

static void put(int item)
{
    pthread_mutex_lock(&lock);
    if (count == PLACES)
        pthread_cond_wait(&emptied, &lock);
    explore_assert(count < PLACES);
    buffer[count++] = item;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
}

static int take(void)
{
    pthread_mutex_lock(&lock);
    while (count == 0)
        pthread_cond_wait(&filled, &lock);
    int item = buffer[--count];
    pthread_cond_signal(&emptied);
    pthread_mutex_unlock(&lock);
    return item;
}

static void *produce(void *arg)
{
    (void)arg;
    for (int i = 1; i <= EACH; i++)
        put(i);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];
    int sum = 0;

    pthread_create(&threads[0], NULL, produce, arg);
    pthread_create(&threads[1], NULL, produce, arg);
    for (int i = 0; i < 2 * EACH; i++)
        sum += take();
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(sum == 6 && count == 0);
}
