#include <signal.h>
#include <unistd.h>

#include "harness.h"
#include "must.h"
#include "scheduler.h"

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

void harness_gate_open(struct harness_gate *gate)
{
    scheduler_on_behalf_of(__builtin_return_address(0));
    MUST(pthread_mutex_lock(&gate->lock));
    gate->open = true;
    MUST(pthread_cond_broadcast(&gate->moved));
    MUST(pthread_mutex_unlock(&gate->lock));
    scheduler_on_behalf_of(NULL);
}

void harness_gate_wait(struct harness_gate *gate)
{
    scheduler_on_behalf_of(__builtin_return_address(0));
    MUST(pthread_mutex_lock(&gate->lock));
    gate->waiting++;
    MUST(pthread_cond_broadcast(&gate->moved));
    while (!gate->open)
        MUST(pthread_cond_wait(&gate->moved, &gate->lock));
    gate->waiting--;
    MUST(pthread_mutex_unlock(&gate->lock));
    scheduler_on_behalf_of(NULL);
}

void harness_gate_until_waiting(struct harness_gate *gate, unsigned n)
{
    scheduler_on_behalf_of(__builtin_return_address(0));
    MUST(pthread_mutex_lock(&gate->lock));
    while (gate->waiting < n && !gate->open)
        MUST(pthread_cond_wait(&gate->moved, &gate->lock));
    MUST(pthread_mutex_unlock(&gate->lock));
    scheduler_on_behalf_of(NULL);
}

void harness_interrupt(void)
{
    MUST(kill(getpid(), SIGINT));
}

struct timespec harness_after_ms(long milliseconds)
{
    struct timespec when;

    MUST(clock_gettime(CLOCK_MONOTONIC, &when));
    when.tv_sec += milliseconds / MS_PER_S;
    when.tv_nsec += milliseconds % MS_PER_S * NS_PER_MS;
    if (when.tv_nsec >= NS_PER_S) {
        when.tv_sec++;
        when.tv_nsec -= NS_PER_S;
    }
    return when;
}

void harness_sleep_until(struct timespec when)
{
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) != 0)
        continue;
}
