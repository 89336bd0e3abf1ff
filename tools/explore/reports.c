/* What a sanitizer reports becomes the schedule's verdict. Its functions are
 * weak: what is not linked in is not asked. */
#include <stdio.h>
#include <string.h>

#include "model.h"

int __tsan_get_report_data(void *report, const char **description, int *count,
                           int *stacks, int *accesses, int *locations,
                           int *mutexes, int *threads, int *ids,
                           void **sleep_trace, unsigned long trace_size)
    __attribute__((weak));
int __tsan_get_report_mop(void *report, unsigned long i, int *thread,
                          void **address, int *size, int *write, int *atomic,
                          void **trace, unsigned long trace_size)
    __attribute__((weak));
void *__asan_get_report_pc(void) __attribute__((weak));
const char *__asan_get_report_description(void) __attribute__((weak));
void __ubsan_get_current_report_data(const char **kind, const char **message,
                                     const char **file, unsigned *line,
                                     unsigned *column, char **address)
    __attribute__((weak));

/* Called by the sanitizers. */
void __tsan_on_report(void *report);
void __asan_on_error(void);
void __ubsan_on_report(void);

extern const char __executable_start[];
extern const char etext[];

enum { DEEP = 8 };

/* The first frame of a trace that is the program's own. */
static const void *own_frame(void *const *trace)
{
    for (unsigned i = 0; i < DEEP && trace[i] != NULL; i++) {
        const char *pc = trace[i];
        if (pc >= __executable_start && pc < etext)
            return pc;
    }
    return trace[0];
}

static void tell_race(void *report, int accesses)
{
    char text[EXPLORE_TEXT] =
        "two threads use the same memory, at least one writes, and nothing "
        "orders them";

    for (int i = 0; i < accesses && i < 2; i++) {
        void *trace[DEEP] = {NULL};
        void *address;
        int thread, size, write, atomic;
        size_t used = strlen(text);
        (void)__tsan_get_report_mop(report, (unsigned long)i, &thread, &address,
                                    &size, &write, &atomic, trace, DEEP);
        (void)snprintf(text + used, sizeof text - used,
                       "%s %s at " VERDICT_LINE, i == 0 ? ":" : " and",
                       write ? "a write" : "a read", own_frame(trace));
    }
    verdict_set(EXPLORE_RACE, text);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ThreadSanitizer has printed its report by now. */
void __tsan_on_report(void *report)
{
    const char *kind = "";
    int count, stacks, accesses = 0, locations, mutexes, threads, ids;
    void *trace[1];

    if (!model_is_on() || model.shared->outcome.over ||
        __tsan_get_report_data == NULL)
        return;
    (void)__tsan_get_report_data(report, &kind, &count, &stacks, &accesses,
                                 &locations, &mutexes, &threads, &ids, trace, 1);
    if (begins(kind, "data-race"))
        tell_race(report, accesses);
    else
        verdict_set(begins(kind, "mutex") ? EXPLORE_MISUSE : EXPLORE_CRASH,
                    kind);
    verdict_stop();
}

/* AddressSanitizer ends the process itself, when it has printed its report. */
void __asan_on_error(void)
{
    char text[EXPLORE_TEXT];

    if (!model_is_on() || model.shared->outcome.over ||
        __asan_get_report_description == NULL)
        return;
    (void)snprintf(text, sizeof text, "wrong use of memory: %s at " VERDICT_LINE,
                   __asan_get_report_description(), __asan_get_report_pc());
    verdict_set(EXPLORE_CRASH, text);
}

void __ubsan_on_report(void)
{
    const char *kind = "undefined behaviour";
    const char *message = "";
    const char *file = "";
    unsigned line = 0;
    unsigned column;
    char *address;
    char text[EXPLORE_TEXT];

    if (!model_is_on() || model.shared->outcome.over)
        return;
    if (__ubsan_get_current_report_data != NULL)
        __ubsan_get_current_report_data(&kind, &message, &file, &line, &column,
                                        &address);
    struct outcome *outcome = &model.shared->outcome;
    (void)snprintf(outcome->file, sizeof outcome->file, "%s", file);
    outcome->line = (int)line;
    (void)snprintf(text, sizeof text, "%s: %s", kind, message);
    verdict_set(EXPLORE_CRASH, text);
}
