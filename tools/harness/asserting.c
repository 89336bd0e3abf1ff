/* CUnit's assertions, made safe for threads.
 *
 * CUnit counts and lists in plain variables, and leaves a test whose fatal
 * assertion failed by longjmp(), wrong from any thread but its own. Here an
 * assertion that holds touches nothing shared, so it orders no threads; one
 * that fails is recorded; and a fatal one ends the process. */
#include <CUnit/CUnit.h>

#include "harness.h"
#include "record.h"
#include "scheduler.h"

CU_BOOL __wrap_CU_assertImplementation(CU_BOOL value, unsigned line,
                                       const char *condition, const char *file,
                                       const char *function, CU_BOOL fatal);

CU_BOOL __wrap_CU_assertImplementation(CU_BOOL value, unsigned line,
                                       const char *condition, const char *file,
                                       const char *function, CU_BOOL fatal)
{
    (void)function; /* CUnit 2.1 always passes "" */
    if (value)
        return CU_TRUE;
    scheduler_on_behalf_of(__builtin_return_address(0));
    record_line("assert", "%s\t%u\t%u\t%s", file, line, scheduler_thread(),
                condition);
    if (fatal || !scheduler_goes_on())
        scheduler_end(SCHEDULER_FAILED, file, (int)line, condition);
    scheduler_on_behalf_of(NULL);
    return CU_FALSE;
}

void harness_equal(intmax_t actual, intmax_t expected, const char *texts,
                   const char *file, int line, bool fatal)
{
    if (actual == expected)
        return;
    scheduler_on_behalf_of(__builtin_return_address(0));
    record_line("equal", "%s\t%d\t%u\t%jd\t%jd\t%s", file, line,
                scheduler_thread(), actual, expected, texts);
    if (fatal || !scheduler_goes_on())
        scheduler_end(SCHEDULER_FAILED, file, line,
                      "a value is not as expected");
    scheduler_on_behalf_of(NULL);
}
