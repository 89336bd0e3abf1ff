/* The calls of harness.h about threads, allocations and locks, on the explorer.
 */
#include "explore.h"
#include "harness.h"
#include "scheduler.h"

pthread_t harness_start(void *(*run)(void *), void *arg)
{
    pthread_t thread;

    explore_on_behalf_of(__builtin_return_address(0));
    int error = explore_create(&thread, run, arg);
    explore_on_behalf_of(NULL);
    if (error != 0)
        scheduler_end(SCHEDULER_ENVIRONMENT, NULL, 0,
                      "a test's own thread could not be started");
    return thread;
}

void *harness_join(pthread_t thread)
{
    void *result = NULL;

    explore_on_behalf_of(__builtin_return_address(0));
    int error = pthread_join(thread, &result);
    explore_on_behalf_of(NULL);
    if (error != 0)
        scheduler_end(SCHEDULER_ENVIRONMENT, NULL, 0,
                      "a test's own thread could not be joined");
    return result;
}

bool harness_until_blocked(pthread_t thread)
{
    explore_on_behalf_of(__builtin_return_address(0));
    bool blocked = explore_until_blocked(thread);
    explore_on_behalf_of(NULL);
    return blocked;
}

unsigned harness_tries(void)
{
    return 1;
}

void harness_fail_thread_create(unsigned nth)
{
    explore_fail_thread_create(nth);
}

unsigned long harness_thread_creates(void)
{
    return explore_thread_creates();
}

unsigned harness_live_threads(void)
{
    return explore_live_threads();
}

void harness_fail_allocation(unsigned nth)
{
    explore_fail_allocation(nth);
}

unsigned long harness_allocations(void)
{
    return explore_allocations();
}

bool harness_clock_is_virtual(void)
{
    return true;
}

void harness_fail_init(unsigned nth)
{
    explore_fail_init(nth);
}

unsigned long harness_inits(void)
{
    return explore_inits();
}

void harness_let_time_pass(bool passes)
{
    explore_let_time_pass(passes);
}
