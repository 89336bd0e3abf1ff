/* Who waits for the reply frees it as soon as it is there; who sent it still
 * has to signal.
 *
 * Answer: race or crash or misuse
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "corpus.h"

struct reply {
    pthread_mutex_t lock;
    pthread_cond_t sent;
    bool is_sent; /* guarded by lock */
};

static void *send_reply(void *arg)
{
    struct reply *reply = arg;

    pthread_mutex_lock(&reply->lock);
    reply->is_sent = true;
    pthread_mutex_unlock(&reply->lock);
    pthread_cond_signal(&reply->sent);
    return NULL;
}

void scenario(void *arg)
{
    struct reply *reply = malloc(sizeof *reply);
    pthread_t thread;

    (void)arg;
    pthread_mutex_init(&reply->lock, NULL);
    pthread_cond_init(&reply->sent, NULL);
    reply->is_sent = false;
    pthread_create(&thread, NULL, send_reply, reply);
    pthread_mutex_lock(&reply->lock);
    while (!reply->is_sent)
        pthread_cond_wait(&reply->sent, &reply->lock);
    pthread_mutex_unlock(&reply->lock);
    pthread_cond_destroy(&reply->sent);
    pthread_mutex_destroy(&reply->lock);
    free(reply);
    pthread_join(thread, NULL);
}
