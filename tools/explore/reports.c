/* What a sanitizer reports becomes the schedule's verdict. Its functions are
 * weak: what is not linked in is not asked. */
#include <stdio.h>
#include <string.h>
#include <unwind.h>

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

/* The code under test (see explore.mk); else all that is linked in. */
extern const char __start_explore_text[] __attribute__((weak));
extern const char __stop_explore_text[] __attribute__((weak));
extern const char __executable_start[];
extern const char etext[];

enum { DEEP = 8 };

/* Is it in the program's code, and not in a library's or in ours? */
static bool is_own(const void *pc)
{
    const char *at = pc;

    if (__start_explore_text != NULL)
        return at >= __start_explore_text && at <= __stop_explore_text;
    return at >= __executable_start && at < etext;
}

/* The first frame of a trace that is the program's own. */
static const void *own_frame(void *const *trace)
{
    for (unsigned i = 0; i < DEEP && trace[i] != NULL; i++)
        if (is_own(trace[i]))
            return trace[i];
    return trace[0];
}

static _Unwind_Reason_Code stop_at_own(struct _Unwind_Context *frame, void *pc)
{
    *(const void **)pc = (const void *)_Unwind_GetIP(frame);
    return is_own(*(const void **)pc) ? _URC_END_OF_STACK : _URC_NO_REASON;
}

/* The line of the program that has led here; else the one that is given. */
static const void *own_caller(const void *given)
{
    const void *pc = NULL;

    if (is_own(given))
        return given;
    (void)_Unwind_Backtrace(stop_at_own, &pc);
    return is_own(pc) ? pc : given;
}

static void tell_race(void *report, int accesses)
{
    char text[EXPLORE_TEXT] =
        "two threads use the same memory, at least one writes, and nothing "
        "orders them";

    const void *pc = NULL; /* of the access that came last */

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
        pc = i == 0 ? own_frame(trace) : pc;
    }
    verdict_set(EXPLORE_RACE, pc, text);
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
                                 &locations, &mutexes, &threads, &ids, trace,
                                 1);
    if (begins(kind, "data-race"))
        tell_race(report, accesses);
    else
        verdict_set(begins(kind, "mutex") ? EXPLORE_MISUSE : EXPLORE_CRASH,
                    NULL, kind);
    verdict_stop();
}

/* AddressSanitizer ends the process itself, when it has printed its report. */
void __asan_on_error(void)
{
    char text[EXPLORE_TEXT];

    if (!model_is_on() || model.shared->outcome.over ||
        __asan_get_report_description == NULL)
        return;
    const void *pc = own_caller(__asan_get_report_pc());

    (void)snprintf(text, sizeof text,
                   "wrong use of memory: %s at " VERDICT_LINE,
                   __asan_get_report_description(), pc);
    verdict_set(EXPLORE_CRASH, pc, text);
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
    verdict_set(EXPLORE_CRASH, own_caller(NULL), text);
}
