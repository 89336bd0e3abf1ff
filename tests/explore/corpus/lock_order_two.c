/* Two threads take the same two locks, each in its own order.
 *
 * Answer: deadlock
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t right = PTHREAD_MUTEX_INITIALIZER;

static void *left_first(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&left);
    pthread_mutex_lock(&right);
    pthread_mutex_unlock(&right);
    pthread_mutex_unlock(&left);
    return NULL;
}

static void *right_first(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&right);
    pthread_mutex_lock(&left);
    pthread_mutex_unlock(&left);
    pthread_mutex_unlock(&right);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t a;
    pthread_t b;

    pthread_create(&a, NULL, left_first, arg);
    pthread_create(&b, NULL, right_first, arg);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}
