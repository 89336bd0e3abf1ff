/**
 * @file threads.h
 * The threads of a test's process, when the machine's own scheduler runs them.
 *
 * Every thread has a place in a table: the test's main thread, those that
 * harness_start() started, and those of the code under test. The table is kept
 * with atomic operations that ThreadSanitizer does not see, so it orders
 * nothing.
 */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

enum { THREADS_MOST = 4096 };

/** The calling thread becomes number 0, the test's main thread. */
void threads_begin(void);

/** The calling thread's number: 0 for the main thread, then as created. */
unsigned threads_current_number(void);

/** How many places are in use, ended threads included. */
unsigned threads_count(void);

/**
 * The kernel's id of a thread that has begun and not ended.
 *
 * @param number below threads_count()
 * @param tid    receives the id; 0 when it has not begun yet
 * @return false when it has ended
 */
bool threads_is_live(unsigned number, pid_t *tid);

/**
 * The number of a thread; if the system used the same pthread_t again, of the
 * latest.
 * @return false when there is none
 */
bool threads_find(pthread_t thread, unsigned *number);

/**
 * Record every thread of the code under test that was neither joined nor
 * detached, and every detached one that does not end soon.
 */
void threads_record_leaks(void);

#endif
