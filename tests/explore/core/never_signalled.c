/* Two conditions. One is signalled while nobody waits, which does no harm; the
 * other is waited for and never signalled. */
#include <pthread.h>
#include <stdbool.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static pthread_cond_t taken = PTHREAD_COND_INITIALIZER;
static unsigned letters;

static void *read_letters(void *arg)
{
    pthread_mutex_lock(&lock);
    for (;;) {
        while (letters == 0)
            pthread_cond_wait(&arrived, &lock);
        letters = 0; /* and nobody is told */
    }
    return arg;
}

void scenario(void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, read_letters, arg);
    pthread_mutex_lock(&lock);
    letters++;
    pthread_cond_signal(&arrived);
    while (letters > 0)
        pthread_cond_wait(&taken, &lock);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
