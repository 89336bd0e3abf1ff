/* A list that several threads fill until one of them seals it. From then on it
 * belongs to that one thread: nobody else touches it, because everyone asks
 * `sealed` under the lock first. So it is read without the lock. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { PLACES = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all below */
static bool sealed; /* the list is main's alone once this is true */
static int list[PLACES];
static int length;

static void *add(void *number)
{
    MUST(pthread_mutex_lock(&lock));
    if (!sealed && length < PLACES)
        list[length++] = *(int *)number;
    MUST(pthread_mutex_unlock(&lock));
    return NULL;
}

int main(void)
{
    pthread_t early;
    pthread_t late;
    int numbers[] = {7, 8};

    if (pthread_create(&early, NULL, add, &numbers[0]) != 0)
        return EXIT_FAILURE;
    MUST(pthread_join(early, NULL));
    bool running = pthread_create(&late, NULL, add, &numbers[1]) == 0;

    MUST(pthread_mutex_lock(&lock));
    sealed = true; /* who was here before is seen; no one comes after */
    MUST(pthread_mutex_unlock(&lock));
    for (int i = 0; i < length; i++) /* without the lock */
        printf("sealed: %d\n", list[i]);

    if (running)
        MUST(pthread_join(late, NULL));
    return EXIT_SUCCESS;
}
