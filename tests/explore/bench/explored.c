/* The explorer with all that it does, measured.
 *
 *     explored buffer|mix|yields SCHEDULES [kernel]
 *
 * prints how many schedules it ran per second, and what a switch took in ns;
 * kernel: on kernel threads instead of fibers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "explore.h"

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* What is chosen by chance, as the simple explorer does; all strategies but the
 * search, which would be through too soon, and all faults; or one that switches
 * at each point. */
static bool choose(const char *what, struct explore_options *options)
{
    if (strcmp(what, "buffer") == 0)
        options->strategies = EXPLORE_RANDOM;
    else if (strcmp(what, "mix") == 0)
        options->strategies = EXPLORE_PORTFOLIO & ~(unsigned)EXPLORE_SEARCH;
    else if (strcmp(what, "yields") == 0)
        options->strategies = EXPLORE_ROUND_ROBIN;
    else
        return false;
    if (strcmp(what, "mix") == 0)
        options->faults = EXPLORE_WAITER | EXPLORE_SPURIOUS | EXPLORE_CLOCK;
    options->steps = 4ul * BENCH_YIELDS + 100;
    return true;
}

int main(int argc, char **argv)
{
    static struct explore_result result;
    struct explore_options options = {.seed = 1};

    if (argc < 3 || !choose(argv[1], &options))
        return 2;
    options.kernel_threads = argc == 4 && strcmp(argv[3], "kernel") == 0;
    bool yields = strcmp(argv[1], "yields") == 0;
    options.schedules = strtoul(argv[2], NULL, 10);
    double begin = seconds();
    if (explore_run(yields ? bench_yields : bench_buffer, NULL, &options,
                    &result) != EXPLORE_PASS) {
        (void)fprintf(stderr, "%s\n", result.message);
        return 1;
    }
    double took = seconds() - begin;
    if (yields)
        (void)printf("%f\n", took * 1e9 / (double)result.schedules /
                                 (2.0 * BENCH_YIELDS));
    else
        (void)printf("%f\n", (double)result.schedules / took);
    return 0;
}
