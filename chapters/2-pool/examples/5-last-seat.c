/* Five want a seat, three seats are left. To look whether there is one and to
 * take it is one critical section: between two sections someone else could take
 * the seat that was seen. So exactly three are told yes, in any order. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { SEATS = 3, GUESTS = 5 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards left */
static int left = SEATS;

static bool take_seat(void)
{
    MUST(pthread_mutex_lock(&lock));
    bool free_seat = left > 0; /* what is seen here ... */
    if (free_seat)
        left--; /* ... still holds here */
    MUST(pthread_mutex_unlock(&lock));
    return free_seat;
}

static void *visit(void *seated)
{
    *(bool *)seated = take_seat();
    return NULL;
}

int main(void)
{
    pthread_t thread[GUESTS];
    bool seated[GUESTS] = {false};
    int started = 0;
    int happy = 0;

    while (started < GUESTS &&
           pthread_create(&thread[started], NULL, visit, &seated[started]) == 0)
        started++;
    for (int i = 0; i < started; i++) {
        MUST(pthread_join(thread[i], NULL));
        happy += seated[i];
    }
    printf("%d of %d have a seat, %d are left\n", happy, started, left);
    return started == GUESTS ? EXIT_SUCCESS : EXIT_FAILURE;
}
