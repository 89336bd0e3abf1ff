/* pthread_once() lets one of three make the value.
 *
 * Answer: pass
 * Builds: thread address plain
 * States: 3
 */
#include <pthread.h>

#include "corpus.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int maker; /* written by the one who makes it */
static int ids[3] = {1, 2, 3};

static void make(void)
{
    maker = *(const int *)pthread_getspecific(key);
}

static void *use(void *arg)
{
    pthread_setspecific(key, arg);
    pthread_once(&once, make);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    (void)arg;
    pthread_key_create(&key, NULL);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, use, &ids[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    explore_observe((uint64_t)maker);
    pthread_key_delete(key);
}
