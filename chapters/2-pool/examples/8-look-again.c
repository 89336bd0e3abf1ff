/* A value that is slow to work out, and is kept. The work is done without the
 * lock; so what was seen before it may no longer hold after it, and is looked
 * at again. Here both threads find nothing, both work, and one comes second. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all below */
static int kept;                                         /* 0: not yet */
static int computed;
static int dropped;
static pthread_barrier_t both_work; /* so that they really meet */

static int work_out(void)
{
    (void)pthread_barrier_wait(&both_work);
    return 42;
}

static void *get(void *unused)
{
    MUST(pthread_mutex_lock(&lock));
    int value = kept;
    MUST(pthread_mutex_unlock(&lock));
    if (value != 0)
        return unused;

    value = work_out(); /* anything may happen meanwhile */
    MUST(pthread_mutex_lock(&lock));
    computed++;
    if (kept == 0)
        kept = value;
    else
        dropped++; /* the other one was faster: its value stays */
    MUST(pthread_mutex_unlock(&lock));
    return unused;
}

int main(void)
{
    pthread_t other;

    MUST(pthread_barrier_init(&both_work, NULL, 2));
    if (pthread_create(&other, NULL, get, NULL) != 0)
        return EXIT_FAILURE;
    (void)get(NULL);
    MUST(pthread_join(other, NULL));
    MUST(pthread_barrier_destroy(&both_work));
    printf("computed %d times, dropped %d, kept %d\n", computed, dropped, kept);
    return EXIT_SUCCESS;
}
