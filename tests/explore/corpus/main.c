/* Runs one program of the corpus, once for each of some seeds, and prints what
 * came out: an object of JSON on a line for each.
 *
 *     PROGRAM [--seed N] [--seeds N] [--schedules N] [--strategies MASK]
 *             [--faults MASK] [--preemptions N] [--steps N] [--kernel-threads]
 *             [--unreduced] [--table] [--replay STRING]
 *
 * The sanitizers' own reports go to stderr. The exit status is 0 whatever the
 * verdicts are, and 2 for a wrong call. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"

/* Sanitizers stop at what they find, quickly and with a status of their own;
 * the explorer's children are told apart from a program that just ends. */
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
    return "detect_leaks=0:detect_stack_use_after_return=1:symbolize=0";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "halt_on_error=1";
}

struct request {
    struct explore_options options;
    unsigned long seeds;
    bool table;
};

static unsigned long number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 0);

    if (*text == '\0' || *end != '\0') {
        (void)fprintf(stderr, "not a number: '%s'\n", text);
        exit(2);
    }
    return value;
}

static const struct option names[] = {
    {"seed", required_argument, NULL, 's'},
    {"seeds", required_argument, NULL, 'n'},
    {"schedules", required_argument, NULL, 'b'},
    {"strategies", required_argument, NULL, 'm'},
    {"faults", required_argument, NULL, 'f'},
    {"preemptions", required_argument, NULL, 'p'},
    {"steps", required_argument, NULL, 'l'},
    {"replay", required_argument, NULL, 'r'},
    {"kernel-threads", no_argument, NULL, 'k'},
    {"unreduced", no_argument, NULL, 'u'},
    {"table", no_argument, NULL, 't'},
    {NULL, 0, NULL, 0},
};

/* False: there is no such option. */
static bool take(struct request *request, int option, const char *value)
{
    struct explore_options *options = &request->options;

    switch (option) {
    case 's':
        options->seed = number(value);
        return true;
    case 'n':
        request->seeds = number(value);
        return true;
    case 'b':
        options->schedules = number(value);
        return true;
    case 'm':
        options->strategies = (unsigned)number(value);
        return true;
    case 'f':
        options->faults = (unsigned)number(value);
        return true;
    case 'p':
        options->preemptions = (unsigned)number(value);
        return true;
    case 'l':
        options->steps = number(value);
        return true;
    case 'r':
        options->replay = value;
        return true;
    case 'k':
        options->kernel_threads = true;
        return true;
    case 'u':
        options->unreduced = true;
        return true;
    case 't':
        request->table = true;
        return true;
    default:
        return false;
    }
}

static void print_text(const char *text)
{
    (void)putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            (void)printf("\\%c", c);
        else if (c < 0x20)
            (void)printf("\\u%04x", c);
        else
            (void)putchar(c);
    }
    (void)putchar('"');
}

static void print_counts(const char *name, const unsigned long *counts)
{
    (void)printf(", \"%s\": [", name);
    for (unsigned i = 0; i < EXPLORE_STRATEGIES; i++)
        (void)printf("%s%lu", i == 0 ? "" : ", ", counts[i]);
    (void)printf("]");
}

/* As file:line (function). */
static void print_place(const struct explore_place *place)
{
    static char text[2 * EXPLORE_NAME + 16];

    (void)snprintf(text, sizeof text, "%s:%d (%s)", place->file, place->line,
                   place->function);
    print_text(text);
}

static void print_places(const struct explore_result *result)
{
    (void)printf(", \"places\": [");
    for (unsigned i = 0; i < result->place_count; i++) {
        (void)printf("%s", i == 0 ? "" : ", ");
        print_place(&result->places[i]);
    }
    (void)printf("]");
}

static void print(const struct explore_result *result, bool table)
{
    (void)printf("{\"verdict\": \"%s\", \"seed\": %llu, \"schedules\": %lu",
                 explore_verdict_name(result->verdict),
                 (unsigned long long)result->seed, result->schedules);
    print_counts("run", result->run);
    print_counts("distinct", result->distinct);
    (void)printf(", \"strategy\": %u, \"complete\": %s, \"bound\": %d",
                 result->strategy, result->complete ? "true" : "false",
                 result->bound);
    (void)printf(", \"states\": %u, \"state_sum\": %llu, \"switches\": %u",
                 result->states, (unsigned long long)result->state_sum,
                 result->switches);
    print_places(result);
    (void)printf(", \"message\": ");
    print_text(result->message);
    (void)printf(", \"schedule\": ");
    print_text(result->schedule);
    if (table) {
        (void)printf(", \"table\": ");
        print_text(result->table);
    }
    (void)printf("}\n");
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    static struct explore_result result;
    struct request request = {.options = {.seed = 1}, .seeds = 1};
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!take(&request, option, optarg))
            return 2;
    for (unsigned long i = 0; i < request.seeds; i++) {
        (void)explore_run(scenario, NULL, &request.options, &result);
        print(&result, request.table);
        request.options.seed++;
    }
    return 0;
}
