/**
 * @file scheduler.h
 * What differs between the two ways to run a test: on the machine's own
 * scheduler (free/), or on the explorer, which goes through interleavings
 * (explored/). A test program is linked with one of the two; both also bring
 * the calls of harness.h that are about threads, allocations and locks.
 */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include <stdbool.h>
#include <stdnoreturn.h>

#include "child.h"

/** Why a test ends before it returns. */
enum scheduler_ending {
    SCHEDULER_FAILED,     /**< an assertion does not hold */
    SCHEDULER_TODO,       /**< a step is not written yet */
    SCHEDULER_ENVIRONMENT /**< nothing about the code can be said */
};

/**
 * Run the test, record what came of it and of what it left behind. Called once,
 * in the test's own process, with one thread.
 */
void scheduler_run(const struct child_order *order, void (*test)(void));

/**
 * End the test where it stands, in any thread; the record says already why.
 *
 * @param file where; NULL if that is not known
 * @param text one sentence; copied
 */
noreturn void scheduler_end(enum scheduler_ending why, const char *file,
                            int line, const char *text);

/** May a test go on after an assertion that failed and was not a fatal one? */
bool scheduler_goes_on(void);

/** What the code left undone is excused: a step is not written yet. */
void scheduler_excuse_leaks(void);

/** Until it is called again, the calling thread's calls count as made at this
 * line of a test; NULL: no more. */
void scheduler_on_behalf_of(const void *pc);

/** The calling thread's number: 0 for the test's own. */
unsigned scheduler_thread(void);

#endif
