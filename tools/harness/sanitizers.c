#include "sanitizers.h"

#include <stddef.h>
#include <stdint.h>

/* Provided by the sanitizer's runtime, if the program has one. */
__attribute__((weak)) void __sanitizer_set_report_fd(void *descriptor);
__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

/* Asked for by the runtime at its start. */
const char *__tsan_default_options(void);
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__lsan_default_options(void);

/* Lines are named by the grader, once: to look one up takes a sanitizer a tenth
 * of a second, each time.
 *
 * The first race is the verdict, so the test may end there. TSan's own deadlock
 * detector warns of orders that never met; the grader proves real deadlocks. */
const char *__tsan_default_options(void)
{
    return "halt_on_error=1:exitcode=66:detect_deadlocks=0:"
           "report_thread_leaks=0:atexit_sleep_ms=0:report_signal_unsafe=1:"
           "handle_segv=1:symbolize=0";
}

const char *__asan_default_options(void)
{
    return "exitcode=66:detect_leaks=1:leak_check_at_exit=0:"
           "detect_stack_use_after_return=1:check_initialization_order=1:"
           "allocator_may_return_null=1:symbolize=0";
}

const char *__ubsan_default_options(void)
{
    return "halt_on_error=1:exitcode=66:print_stacktrace=1";
}

const char *__lsan_default_options(void)
{
    return "exitcode=0:print_suppressions=0";
}

void sanitizers_report_to(int descriptor)
{
    if (__sanitizer_set_report_fd != NULL)
        __sanitizer_set_report_fd((void *)(intptr_t)descriptor);
}

bool sanitizers_find_leaks(void)
{
    return __lsan_do_recoverable_leak_check != NULL &&
           __lsan_do_recoverable_leak_check() != 0;
}
