/* Three moments, 20 ms apart, each worked out from the beginning. To
 * sleep until a moment takes no account of how long the work before it
 * took, or of how often a sleep is cut short; to sleep for a length
 * would add all that up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "must.h"

enum { STEP_MS = 20, NS_OF_MS = 1000000, MS_OF_S = 1000 };

static struct timespec moment(struct timespec begin, long ms)
{
    long past = begin.tv_nsec + ms * NS_OF_MS;
    const long second = (long)MS_OF_S * NS_OF_MS;

    return (struct timespec){begin.tv_sec + past / second,
                             past % second};
}

static long ms_between(struct timespec one, struct timespec two)
{
    return (long)(two.tv_sec - one.tv_sec) * MS_OF_S +
           (two.tv_nsec - one.tv_nsec) / NS_OF_MS;
}

int main(void)
{
    struct timespec begin;
    struct timespec now;

    MUST(clock_gettime(CLOCK_MONOTONIC, &begin));
    for (int tick = 1; tick <= 3; tick++) {
        struct timespec until = moment(begin, (long)tick * STEP_MS);
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until,
                               NULL) == EINTR)
            continue;
        MUST(clock_gettime(CLOCK_MONOTONIC, &now));
        printf("tick %d after %ld ms\n", tick, ms_between(begin, now));
    }
    return EXIT_SUCCESS;
}
