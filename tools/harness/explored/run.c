/* A test as a scenario of the explorer: many schedules of it, in silence; and
 * if one fails, that one once more, for the record. */
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "explore.h"
#include "record.h"
#include "sanitizers.h"
#include "scheduler.h"

enum { CHUNK = 512 };

static struct explore_result found;
static struct explore_result again;
static bool leaks_excused; /* set before the first schedule */

/* The output of the last schedule is what stays. */
static void run_test(void *arg)
{
    const union {
        void *data;
        void (*test)(void);
    } as = {.data = arg};

    if (child_files.report != -1)
        sanitizers_report_to(record_is_mute() ? child_files.nothing
                                              : child_files.report);
    if (child_files.report != -1 && lseek(STDOUT_FILENO, 0, SEEK_END) > 0)
        (void)ftruncate(STDOUT_FILENO, 0);
    if (leaks_excused)
        explore_excuse_leaks();
    as.test();
}

/* A long text, in lines that are to be put together again. */
static void record_chunks(const char *kind, const char *text)
{
    for (size_t length = strlen(text); length > 0;) {
        size_t n = length < CHUNK ? length : CHUNK;
        record_line(kind, "%.*s", (int)n, text);
        text += n;
        length -= n;
    }
}

static void record_rows(const char *table)
{
    while (*table != '\0') {
        size_t n = strcspn(table, "\n");
        record_line("row", "%.*s", (int)n, table);
        table += n + (table[n] == '\n');
    }
}

static void record_strategies(void)
{
    for (unsigned i = 0; i < EXPLORE_STRATEGIES; i++)
        if (found.run[i] > 0)
            record_line("strategy", "%s\t%lu\t%lu",
                        explore_strategy_name(1u << i), found.run[i],
                        found.distinct[i]);
}

static void record_result(const struct explore_result *shown)
{
    record_line("explored", "%s\t%lu\t%s\t%u\t%d\t%d\t%s",
                explore_verdict_name(shown->verdict), found.schedules,
                explore_strategy_name(found.strategy), shown->switches,
                found.complete, found.bound, shown->message);
    record_strategies();
    for (unsigned i = 0; i < shown->place_count; i++)
        record_line("place", "%s\t%d\t%s", shown->places[i].file,
                    shown->places[i].line, shown->places[i].function);
    record_chunks("schedule", shown->schedule);
    record_rows(shown->table);
}

/* The failing schedule once more: now its assertions and reports are kept. One
 * that is too long for a string is told as it was found. */
static void show_failure(void (*test)(void), struct explore_options *options)
{
    const union {
        void (*test)(void);
        void *data;
    } as = {.test = test};

    record_mute(false);
    if (found.schedule[0] == '\0') {
        record_result(&found);
        return;
    }
    options->replay = found.schedule;
    (void)explore_run(run_test, as.data, options, &again);
    memcpy(again.table, found.table, sizeof again.table); /* it says more */
    record_result(&again);
}

void scheduler_run(const struct child_order *order, void (*test)(void))
{
    const union {
        void (*test)(void);
        void *data;
    } as = {.test = test};
    struct explore_options options = {
        .seed = order->seed,
        .schedules = order->schedules,
        .faults = EXPLORE_WAITER | EXPLORE_SPURIOUS,
        .replay = order->replay,
        .verbose = true, /* its output has a limit, which is part of the test */
        .unreduced = order->unreduced,
        .here = order->here,
    };

    leaks_excused = order->leaks_excused;
    record_mute(order->replay == NULL);
    enum explore_verdict verdict =
        explore_run(run_test, as.data, &options, &found);
    if (verdict != EXPLORE_PASS && order->replay == NULL)
        show_failure(test, &options);
    record_mute(false);
    if (verdict == EXPLORE_PASS || order->replay != NULL)
        record_result(&found);
}

noreturn void scheduler_end(enum scheduler_ending why, const char *file,
                            int line, const char *text)
{
    static const enum explore_verdict verdicts[] = {
        [SCHEDULER_FAILED] = EXPLORE_WRONG,
        [SCHEDULER_TODO] = EXPLORE_TODO,
        [SCHEDULER_ENVIRONMENT] = EXPLORE_ENVIRONMENT,
    };

    explore_end(verdicts[why], file, line, text);
}

bool scheduler_goes_on(void)
{
    return false;
}

void scheduler_excuse_leaks(void)
{
    explore_excuse_leaks();
}

unsigned scheduler_thread(void)
{
    return explore_thread();
}

void scheduler_on_behalf_of(const void *pc)
{
    explore_on_behalf_of(pc);
}
