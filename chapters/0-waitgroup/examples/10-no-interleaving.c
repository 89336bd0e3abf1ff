/* WRONG on purpose: each thread writes its own variable, then reads the
 * other's. If the threads took turns, whoever writes second would read
 * what the first has written: both cannot read 0. The variables are
 * plain, so there is a data race, and now and then both do. With
 * atomic_int for volatile int there is none, and both never do. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { ROUNDS = 100000, PATIENCE = 500 };

static atomic_int arrivals; /* in this round and all before it */
static volatile int written[2];
static int seen[2][ROUNDS];

/* Returns when both threads have called it n times, for both at once.
 */
static void meet(int n)
{
    atomic_fetch_add(&arrivals, 1);
    for (int looks = 1; atomic_load(&arrivals) < 2 * n; looks++)
        if (looks % PATIENCE == 0)
            (void)sched_yield(); /* the other may need this core */
}

static void *play(void *number)
{
    int mine = *(const int *)number;

    for (int round = 0; round < ROUNDS; round++) {
        meet(2 * round + 1);
        written[mine] = 1;
        seen[mine][round] = written[1 - mine];
        meet(2 * round + 2);
        written[mine] = 0;
    }
    return NULL;
}

int main(void)
{
    int number[] = {0, 1};
    pthread_t other;
    int impossible = 0;

    if (pthread_create(&other, NULL, play, &number[1]) != 0)
        return EXIT_FAILURE;
    (void)play(&number[0]);
    MUST(pthread_join(other, NULL));
    for (int round = 0; round < ROUNDS; round++)
        impossible += seen[0][round] == 0 && seen[1][round] == 0;
    printf("both read 0 in %d of %d rounds\n", impossible, ROUNDS);
    return EXIT_SUCCESS;
}
