/* Double-checked locking with an atomic pointer, stored with release when all
 * else is done, loaded with acquire.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "corpus.h"

struct config {
    int value;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct config *) config; /* written with lock */

static struct config *get(void)
{
    struct config *c = atomic_load_explicit(&config, memory_order_acquire);

    if (c != NULL)
        return c;
    pthread_mutex_lock(&lock);
    c = atomic_load_explicit(&config, memory_order_relaxed);
    if (c == NULL) {
        c = malloc(sizeof *c);
        if (c != NULL)
            c->value = 42;
        atomic_store_explicit(&config, c, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
    return c;
}

static void *use(void *arg)
{
    (void)arg;
    explore_assert(get()->value == 42);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, use, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    free(atomic_load(&config));
}
