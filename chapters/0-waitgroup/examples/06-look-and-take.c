/* Three seats, four buyers. To look whether a seat is left and to take
 * it is one critical section: what was seen is still true when it is
 * acted upon. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { BUYERS = 4 };

/* Guards seats. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int seats = 3;

static void *buy(void *got_one)
{
    MUST(pthread_mutex_lock(&lock));
    bool left = seats > 0;
    if (left)
        seats--;
    MUST(pthread_mutex_unlock(&lock));
    *(bool *)got_one = left;
    return NULL;
}

int main(void)
{
    pthread_t buyer[BUYERS];
    bool got_one[BUYERS] = {false};
    int started = 0;
    int sold = 0;

    while (started < BUYERS &&
           pthread_create(&buyer[started], NULL, buy,
                          &got_one[started]) == 0)
        started++;
    for (int i = 0; i < started; i++) {
        MUST(pthread_join(buyer[i], NULL));
        sold += got_one[i];
    }
    printf("%d buyers, %d seats sold, %d left\n", started, sold, seats);
    return EXIT_SUCCESS;
}
