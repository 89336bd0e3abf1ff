/* Double-checked locking with a plain pointer: the first look is not ordered
 * after the making of what it points to.
 *
 * Answer: race
 * Builds: thread
 */
#include <pthread.h>
#include <stddef.h>

#include "corpus.h"

struct config {
    int value;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct config storage;
static struct config *config; /* written with lock, read without */

static struct config *get(void)
{
    if (config == NULL) {
        pthread_mutex_lock(&lock);
        if (config == NULL) {
            storage.value = 42;
            config = &storage;
        }
        pthread_mutex_unlock(&lock);
    }
    return config;
}

static void *use(void *arg)
{
    (void)arg;
    explore_assert(get()->value == 42);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, use, arg);
    pthread_create(&threads[1], NULL, use, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
