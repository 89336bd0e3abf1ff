/* A reader-writer lock by hand: the writer waits until there is no reader, but
 * not until there is no writer.
 *
 * Answer: race or wrong
 * Builds: thread address plain
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int readers; /* both are guarded by lock */
static bool writing;
static int value[2]; /* always alike, but for a writer */

static void begin_write(void)
{
    pthread_mutex_lock(&lock);
    while (readers > 0)
        pthread_cond_wait(&changed, &lock);
    writing = true;
    pthread_mutex_unlock(&lock);
}

static void end_write(void)
{
    pthread_mutex_lock(&lock);
    writing = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void *write_both(void *arg)
{
    (void)arg;
    begin_write();
    int old = value[0]++;
    sched_yield();
    value[1]++;
    explore_assert(value[0] == old + 1 && value[1] == old + 1);
    end_write();
    return NULL;
}

static void *read_both(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (writing)
        pthread_cond_wait(&changed, &lock);
    readers++;
    pthread_mutex_unlock(&lock);
    explore_assert(value[0] == value[1]);
    pthread_mutex_lock(&lock);
    readers--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    pthread_create(&threads[0], NULL, write_both, arg);
    pthread_create(&threads[1], NULL, write_both, arg);
    pthread_create(&threads[2], NULL, read_both, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
