/* Double-checked locking with an atomic flag that is set before what it stands
 * for is there.
 *
 * Answer: wrong
 * Builds: thread
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool made;
static atomic_int value;

static int get(void)
{
    if (!atomic_load(&made)) {
        pthread_mutex_lock(&lock);
        if (!atomic_load(&made)) {
            atomic_store(&made, true);
            atomic_store(&value, 42);
        }
        pthread_mutex_unlock(&lock);
    }
    return atomic_load(&value);
}

static void *use(void *arg)
{
    (void)arg;
    explore_assert(get() == 42);
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
