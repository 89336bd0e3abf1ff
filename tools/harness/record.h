/**
 * @file record.h
 * What a test's process tells the grader: lines on a descriptor of its own.
 *
 * A line is `kind TAB field TAB field … NEWLINE`, written in one write() to a
 * file opened for appending, so lines of several threads never mix and no lock
 * is needed: a lock here would order the threads under test and hide races.
 * The last line is `end` with a number that the grader chose for this run; a
 * process that ends without it has been ended by something else.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdnoreturn.h>

/** Exit statuses of a test's process besides 0, for what a line cannot say. */
enum { RECORD_EXIT_LOST = 91, RECORD_EXIT_SETUP = 92 };

/**
 * Open the record; called once, before the test starts.
 *
 * @param path  the file, created by the grader
 * @param nonce what the closing line must say; copied
 * @return 0, or -1 when the file cannot be opened
 */
int record_open(const char *path, const char *nonce);

/**
 * Give a descriptor a high number: code that closes or writes to 3 by mistake
 * misses it.
 *
 * @param descriptor an open one; closed
 * @return the new one, or -1
 */
int record_move_up(int descriptor);

/** Write the lines to an open descriptor instead. */
void record_to(int descriptor);

/**
 * Write one line. Ends the process with RECORD_EXIT_LOST if the descriptor has
 * been closed under us. Any thread may call it; it takes no lock.
 *
 * @param kind   the line's first word
 * @param format the other fields, separated by tabs, as for printf
 */
__attribute__((format(printf, 2, 3))) void record_line(const char *kind,
                                                       const char *format, ...);

/**
 * From now on write no lines, or write them again. Set in the test's own
 * process only, before it starts others.
 */
void record_mute(bool mute);
bool record_is_mute(void);

/** Write the closing line and end the process here, whatever threads run. */
noreturn void record_end(void);

#endif
