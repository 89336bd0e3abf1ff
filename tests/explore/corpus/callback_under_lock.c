/* The lock is held during a callback, which waits for a thread that needs it.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static int listeners = 1; /* guarded by list_lock */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static bool answer; /* guarded by lock */

static void *answer_later(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&list_lock);
    listeners++;
    pthread_mutex_unlock(&list_lock);
    pthread_mutex_lock(&lock);
    answer = true;
    pthread_cond_signal(&answered);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void ask(void)
{
    pthread_mutex_lock(&lock);
    while (!answer)
        pthread_cond_wait(&answered, &lock);
    pthread_mutex_unlock(&lock);
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, answer_later, arg);
    pthread_mutex_lock(&list_lock);
    for (int i = 0; i < listeners && i < 1; i++)
        ask();
    pthread_mutex_unlock(&list_lock);
    pthread_join(thread, NULL);
}
