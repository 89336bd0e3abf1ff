/* The reports of unchecked_create.c, of as many workers as could be started.
 *
 * Answer: pass
 * Builds: thread address plain
 * Faults: threads memory
 */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

enum { WORKERS = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int reports; /* guarded by lock */

static void *report(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    reports++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[WORKERS];
    bool started[WORKERS];
    int count = 0;

    for (int i = 0; i < WORKERS; i++) {
        started[i] = pthread_create(&threads[i], NULL, report, arg) == 0;
        count += started[i];
    }
    pthread_mutex_lock(&lock);
    while (reports < count)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < WORKERS; i++)
        if (started[i])
            pthread_join(threads[i], NULL);
}
