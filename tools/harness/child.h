/**
 * @file child.h
 * What happens in a test's own process.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

/** One run of one test. The strings are the caller's. */
struct child_order {
    const char *test;        /**< its name in the suite */
    unsigned step;           /**< see todo_set_step() */
    const char *nonce;       /**< see record_open() */
    uint64_t seed;           /**< of the explorer's chance */
    unsigned long schedules; /**< how many the explorer runs at most */
    const char *replay;      /**< the one schedule to run; NULL: search */
    bool unreduced;          /**< a failure is told as it was found */
    bool leaks_excused;      /**< nobody asks what is left over */
    bool here;               /**< in this process, for a debugger */
    const char *folder; /**< the grader's, with the files output, report and
                             record in it */
};

/** Open descriptors of the test's process, besides the standard ones. */
struct child_files {
    int report;  /**< what a sanitizer finds goes here */
    int nothing; /**< what is to be lost goes here */
};
extern struct child_files child_files;

/**
 * Limit the descriptors, and open the one that all tests share; called once,
 * before the first of them is forked.
 *
 * That one has the highest number there is. A table of descriptors that a
 * process must make larger while it has a second thread, as ThreadSanitizer's
 * has, costs tens of milliseconds of waiting in the kernel; this one is
 * inherited at its full size.
 *
 * @return 0, or -1 when that many descriptors are not to be had
 */
int child_prepare(void);

/**
 * Take the limits on, send all output to files, run the test, record what it
 * left behind, and end the process. Called in a process just forked, with one
 * thread.
 */
noreturn void child_run(const struct child_order *order);

/** Run one schedule in this process, without limits, and print what came of it.
 */
void child_replay(const struct child_order *order);

#endif
