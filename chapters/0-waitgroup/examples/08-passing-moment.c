/* Wait for a moment that may be over. The lamp can be off again before
 * the waiter has the lock. So it does not ask whether the lamp is on,
 * but whether it has been switched on since: a number that only goes
 * up. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

/* Guards on and flashes. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool on;
static unsigned long flashes;

static void switch_lamp(bool to)
{
    MUST(pthread_mutex_lock(&lock));
    on = to;
    flashes += to;
    MUST(pthread_cond_broadcast(&changed));
    MUST(pthread_mutex_unlock(&lock));
}

static void *flash(void *arg)
{
    (void)arg;
    switch_lamp(true);
    switch_lamp(false);
    return NULL;
}

int main(void)
{
    pthread_t thread;

    MUST(pthread_mutex_lock(&lock));
    unsigned long seen = flashes;
    if (pthread_create(&thread, NULL, flash, NULL) != 0)
        return EXIT_FAILURE;
    while (flashes == seen) /* with `!on` it might wait for ever */
        MUST(pthread_cond_wait(&changed, &lock));
    MUST(pthread_mutex_unlock(&lock));
    MUST(pthread_join(thread, NULL));
    printf("the lamp has been on; now it is %s\n", on ? "on" : "off");
    return EXIT_SUCCESS;
}
