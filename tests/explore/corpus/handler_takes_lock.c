/* The handler takes a lock that the thread it interrupts may hold.
 *
 * Answer: misuse or deadlock
 * Builds: thread address plain
 */
#include <pthread.h>
#include <signal.h>

#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static int events; /* guarded by lock */

static void count_event(int number)
{
    (void)number;
    pthread_mutex_lock(&lock);
    events++;
    pthread_mutex_unlock(&lock);
}

static void *interrupt(void *arg)
{
    pthread_kill(*(const pthread_t *)arg, SIGINT);
    return NULL;
}

void scenario(void *arg)
{
    struct sigaction action = {.sa_handler = count_event};
    pthread_t self = pthread_self();
    pthread_t thread;

    (void)arg;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    pthread_create(&thread, NULL, interrupt, &self);
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&inner);
    events++;
    pthread_mutex_unlock(&inner);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}
