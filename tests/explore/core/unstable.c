/* Does not do the same each time: what it does hangs on the process's id. */
#include <pthread.h>
#include <unistd.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int value;

static void *add(void *arg)
{
    for (long i = getpid() % 7; i >= 0; i--) {
        pthread_mutex_lock(&lock);
        value++;
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, add, arg);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    explore_assert(value == 0);
}
