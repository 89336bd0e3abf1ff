/* A race that one order of the critical sections hides: when the first thread's
 * comes first, it orders the two writes; the other way round nothing does.
 *
 * Answer: race
 * Builds: thread
 */
#include <pthread.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int entries; /* guarded by lock */
static int data;    /* guarded by nothing */

static void enter(void)
{
    pthread_mutex_lock(&lock);
    entries++;
    pthread_mutex_unlock(&lock);
}

static void *write_then_enter(void *arg)
{
    (void)arg;
    data = 1;
    enter();
    return NULL;
}

static void *enter_then_write(void *arg)
{
    (void)arg;
    enter();
    data = 2;
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, write_then_enter, arg);
    pthread_create(&threads[1], NULL, enter_then_write, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    explore_assert(entries == 2);
}
