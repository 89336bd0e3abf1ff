/* Computes for a time that no load of the machine changes. */
#ifndef CPU_H
#define CPU_H

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds of processor time of the calling kernel thread so far; not by
 * clock_gettime(), which is the explorer's. */
static inline long cpu_ms(void)
{
    struct timespec now;

    (void)syscall(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void compute(long ms)
{
    long end = cpu_ms() + ms;

    while (cpu_ms() < end)
        continue;
}

#endif
