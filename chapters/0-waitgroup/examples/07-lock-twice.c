/* WRONG on purpose: a thread locks a mutex that it holds. An ordinary
 * mutex would let it wait for itself for ever. This one checks for
 * errors, so the call says what is wrong, and the program can end. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

static void make_checking(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t kind;

    MUST(pthread_mutexattr_init(&kind));
    MUST(pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK));
    MUST(pthread_mutex_init(mutex, &kind));
    MUST(pthread_mutexattr_destroy(&kind));
}

int main(void)
{
    pthread_mutex_t lock;

    make_checking(&lock);
    MUST(pthread_mutex_lock(&lock));
    int second = pthread_mutex_lock(&lock);
    printf("locked again: %s\n",
           second == EDEADLK ? "it would be a deadlock" : "?");
    MUST(pthread_mutex_unlock(&lock));
    MUST(pthread_mutex_destroy(&lock));
    return second == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
