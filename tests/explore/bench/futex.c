/* What the machine takes to hand a turn from one thread to the other and back,
 * by a bare futex: ns for one way.
 *
 *     futex TURNS */
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int turns[2]; /* atomic */
static unsigned long most;

static void play(unsigned me)
{
    for (unsigned long i = 0; i < most; i++) {
        while (__atomic_load_n(&turns[me], __ATOMIC_ACQUIRE) == 0)
            (void)syscall(SYS_futex, &turns[me], FUTEX_WAIT_PRIVATE, 0, NULL,
                          NULL, 0);
        __atomic_store_n(&turns[me], 0, __ATOMIC_RELAXED);
        __atomic_store_n(&turns[1 - me], 1, __ATOMIC_RELEASE);
        (void)syscall(SYS_futex, &turns[1 - me], FUTEX_WAKE_PRIVATE, 1, NULL,
                      NULL, 0);
    }
}

static void *play_other(void *arg)
{
    play(1);
    return arg;
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    pthread_t other;

    most = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    turns[0] = 1;
    if (most == 0 || pthread_create(&other, NULL, play_other, NULL) != 0)
        return 2;
    double begin = seconds();
    play(0);
    (void)pthread_join(other, NULL);
    (void)printf("%f\n", (seconds() - begin) * 1e9 / (double)(2 * most));
    return 0;
}
