/* Runs the examples of one file, and says of each whether it came out as it
 * should. */
#include <stdio.h>
#include <string.h>

#include "calls.h"

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "halt_on_error=1:detect_deadlocks=0:report_signal_unsafe=0:"
           "suppress_equal_stacks=0:suppress_equal_addresses=0:"
           "atexit_sleep_ms=0:symbolize=0";
}

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:symbolize=0";
}

void __tsan_acquire(void *address) __attribute__((weak));

int64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (time.tv_sec - 1000) * 1000000000 + time.tv_nsec;
}

struct timespec in_ms(clockid_t clock, long ms)
{
    struct timespec time;

    (void)clock_gettime(clock, &time);
    int64_t ns = time.tv_nsec + (int64_t)ms * MS;
    time.tv_sec += ns / 1000000000;
    time.tv_nsec = ns % 1000000000;
    if (time.tv_nsec < 0) {
        time.tv_nsec += 1000000000;
        time.tv_sec--;
    }
    return time;
}

pthread_t start(void *(*run)(void *), void *arg)
{
    pthread_t thread;

    explore_assert(pthread_create(&thread, NULL, run, arg) == 0);
    return thread;
}

void join(pthread_t thread)
{
    explore_assert(pthread_join(thread, NULL) == 0);
}

static void scenario(void *arg)
{
    ((const struct example *)arg)->run();
}

static bool check(const struct example *example)
{
    static struct explore_result result;
    struct explore_options options = example->options;
    enum explore_verdict expected = example->verdict;

    if (example->only_tsan && __tsan_acquire == NULL)
        expected = EXPLORE_PASS;
    if (options.schedules == 0)
        options.schedules = 200;
    options.seed = 1;
    (void)explore_run(scenario, (void *)(uintptr_t)example, &options, &result);
    bool ok = result.verdict == expected &&
              (expected == EXPLORE_PASS || example->says == NULL ||
               strstr(result.message, example->says) != NULL);
    (void)printf("%s %s: %s after %lu schedules%s%s\n", ok ? "ok" : "NOT OK",
                 example->name, explore_verdict_name(result.verdict),
                 result.schedules, result.message[0] == '\0' ? "" : ": ",
                 result.message);
    (void)fflush(stdout);
    return ok;
}

int main(int argc, char **argv)
{
    bool ok = true;

    for (const struct example *example = examples; example->name != NULL;
         example++)
        if (argc < 2 || strcmp(argv[1], example->name) == 0)
            ok = check(example) && ok;
    return ok ? 0 : 1;
}
