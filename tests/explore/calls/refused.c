/* What is not modelled ends the schedule by its name; what blocks in the kernel
 * is found by the watchdog. */
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calls.h"

static void forking(void)
{
    (void)fork();
}

static void running_a_command(void)
{
    (void)!system("true");
}

static void *wait_long(void *arg)
{
    sleep(1000);
    return arg;
}

static void cancelling(void)
{
    pthread_t thread = start(wait_long, NULL);

    pthread_cancel(thread);
    join(thread);
}

static void replacing(void)
{
    execl("/bin/true", "true", (char *)NULL);
}

static void setting_an_alarm(void)
{
    alarm(1);
}

static void processor_time(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
}

static void named_semaphore(void)
{
    sem_open("/explore", 0);
}

static void counter_file(void)
{
    eventfd(0, 0);
}

static void shared_mutex(void)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    explore_assert(pthread_mutexattr_setpshared(&attributes,
                                                PTHREAD_PROCESS_PRIVATE) == 0);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
}

static void robust_mutex(void)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
}

static sigjmp_buf back;

static void jump(int signal)
{
    siglongjmp(back, signal);
}

static void jumping_out(void)
{
    signal(SIGINT, jump);
    if (sigsetjmp(back, 1) == 0)
        raise(SIGINT);
}

/* Within a function of its own it is none of our business. */
static void jumping(void)
{
    volatile int times = 0;

    if (sigsetjmp(back, 1) < 2)
        siglongjmp(back, ++times);
    explore_assert(times == 2);
}

static void blocking_read(void)
{
    int ends[2];
    char byte;

    explore_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    (void)!read(ends[0], &byte, 1);
}

#define REFUSED(function, words)                                               \
    {                                                                          \
        .name = #function, .run = function, .verdict = EXPLORE_UNMODELLED,     \
        .says = words                                                          \
    }

const struct example examples[] = {
    REFUSED(forking, "fork()"),
    REFUSED(running_a_command, "system()"),
    REFUSED(cancelling, "pthread_cancel()"),
    REFUSED(replacing, "execl()"),
    REFUSED(setting_an_alarm, "alarm()"),
    REFUSED(processor_time, "clock_gettime()"),
    REFUSED(named_semaphore, "sem_open()"),
    REFUSED(counter_file, "eventfd()"),
    REFUSED(shared_mutex, "pthread_mutexattr_setpshared()"),
    REFUSED(robust_mutex, "pthread_mutexattr_setrobust()"),
    REFUSED(jumping_out, "siglongjmp()"),
    {.name = "jumping", .run = jumping},
    REFUSED(blocking_read, "blocks in read()"),
    {.name = NULL},
};
