/* A message that comes after the receiver has closed is dropped, and not freed.
 *
 * Answer: leak
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool closed; /* both are guarded by lock */
static char *message;

static void *send_message(void *arg)
{
    char *mine = malloc(8);

    (void)arg;
    pthread_mutex_lock(&lock);
    if (!closed)
        message = mine;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, send_message, arg);
    pthread_mutex_lock(&lock);
    closed = true;
    free(message);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
