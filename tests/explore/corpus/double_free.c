/* Two threads clean up the same message: each looks whether it is still there
 * under the lock, and frees it after.
 *
 * Answer: crash
 * Builds: address
 */
#include <pthread.h>
#include <stdlib.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *message; /* guarded by lock */

static void *clean_up(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    char *mine = message;
    pthread_mutex_unlock(&lock);
    if (mine == NULL)
        return NULL;
    free(mine);
    pthread_mutex_lock(&lock);
    message = NULL;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    message = malloc(16);
    pthread_create(&threads[0], NULL, clean_up, arg);
    pthread_create(&threads[1], NULL, clean_up, arg);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
