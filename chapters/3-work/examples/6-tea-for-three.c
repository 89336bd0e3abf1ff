/* One does it, the others wait until it is done. Who comes first takes the
 * kettle, in the same critical section in which it finds that nobody has; who
 * comes when the tea is ready does not sleep at all. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { GUESTS = 3 };

/* Guards kettle and cups. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t boils = PTHREAD_COND_INITIALIZER;
static enum { COLD, HEATING, HOT } kettle;
static int cups;

static void boil(void)
{
    printf("one guest boils the water\n");
}

static void *guest(void *arg)
{
    (void)arg;
    MUST(pthread_mutex_lock(&lock));
    if (kettle == COLD) {
        kettle = HEATING;
        MUST(pthread_mutex_unlock(&lock)); /* it takes long */
        boil();
        MUST(pthread_mutex_lock(&lock));
        kettle = HOT;
        MUST(pthread_cond_broadcast(&boils));
    }
    while (kettle != HOT)
        MUST(pthread_cond_wait(&boils, &lock));
    cups++;
    MUST(pthread_mutex_unlock(&lock));
    return NULL;
}

int main(void)
{
    pthread_t guests[GUESTS];
    int came = 0;

    while (came < GUESTS &&
           pthread_create(&guests[came], NULL, guest, NULL) == 0)
        came++;
    for (int i = 0; i < came; i++)
        MUST(pthread_join(guests[i], NULL));
    printf("%d guests, %d cups\n", came, cups);
    return EXIT_SUCCESS;
}
