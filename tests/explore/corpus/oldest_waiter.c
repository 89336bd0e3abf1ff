/* Tickets are handed out in the order in which threads began to wait, on the
 * belief that a signal wakes the one that waits longest. It may wake any.
 *
 * Answer: wrong
 * Builds: thread address plain
 * Faults: waiter
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t called = PTHREAD_COND_INITIALIZER;
static int came; /* these four are guarded by lock */
static int calls;
static int went;
static int order[3];

static void *queue(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    int place = came++;
    while (calls == 0)
        pthread_cond_wait(&called, &lock);
    calls--;
    order[went++] = place;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void call_one(void)
{
    pthread_mutex_lock(&lock);
    calls++;
    pthread_cond_signal(&called);
    pthread_mutex_unlock(&lock);
}

void scenario(void *arg)
{
    pthread_t threads[3];

    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, queue, arg);
        explore_until_blocked(threads[i]);
    }
    for (int i = 0; i < 3; i++) {
        call_one();
        explore_until_blocked(threads[i]);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    explore_assert(order[0] == 0 && order[1] == 1 && order[2] == 2);
}
