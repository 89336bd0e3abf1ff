/* A gate opens for all who wait: the broadcast wakes each of them.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

enum { WAITERS = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool is_open; /* guarded by lock */

static void *pass_gate(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (!is_open)
        pthread_cond_wait(&opened, &lock);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[WAITERS];

    for (int i = 0; i < WAITERS; i++)
        pthread_create(&threads[i], NULL, pass_gate, arg);
    pthread_mutex_lock(&lock);
    is_open = true;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < WAITERS; i++)
        pthread_join(threads[i], NULL);
}
