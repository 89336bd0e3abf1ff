/**
 * @file harness.h
 * What a graded test may use besides CUnit and pthreads.
 *
 * A graded test is a CUnit test function written as ordinary pthread code. The
 * harness runs each test in a process of its own. A failed assertion may come
 * from any thread; a fatal one ends the test's process where it stands, so it
 * never unwinds one thread's stack under another's feet.
 *
 * The same calls have two implementations: one for the machine's own scheduler
 * and one for a scheduler that decides itself which thread runs. A test that
 * uses only these calls, CUnit and pthreads runs unchanged under both.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <CUnit/CUnit.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* CUnit's macro tells only that two values differ. These take its place, so
 * that a student is told what was expected and what was seen. */
#undef CU_ASSERT_EQUAL
#undef CU_ASSERT_EQUAL_FATAL

/** Two integers must be equal. Any thread may use it. */
#define CU_ASSERT_EQUAL(actual, expected)                                      \
    harness_equal((intmax_t)(actual), (intmax_t)(expected),                    \
                  #actual "\t" #expected, __FILE__, __LINE__, false)

/** The same; if they are not equal, the test ends here. */
#define CU_ASSERT_EQUAL_FATAL(actual, expected)                                \
    harness_equal((intmax_t)(actual), (intmax_t)(expected),                    \
                  #actual "\t" #expected, __FILE__, __LINE__, true)

/**
 * What CU_ASSERT_EQUAL() expands to: nothing happens if the values are equal;
 * else the failure is recorded, and a fatal one ends the test. Any thread may
 * call it.
 *
 * @param actual   the value seen
 * @param expected the value it must have
 * @param texts    both as they stand in the test, with a tab between
 * @param file     where the assertion stands
 * @param line     where the assertion stands
 * @param fatal    whether the test ends here
 */
void harness_equal(intmax_t actual, intmax_t expected, const char *texts,
                   const char *file, int line, bool fatal);

/** The tests of one chapter. Each test file defines `harness_suite`. */
struct harness_suite {
    const char *chapter;      /**< as in the manifest: "pool" */
    const CU_TestInfo *tests; /**< ends with CU_TEST_INFO_NULL */
};

/** Defined by the test file that is linked in; read by the harness. */
extern const struct harness_suite harness_suite;

/**
 * Start a joinable thread, or end the test: its failure is no answer to what
 * the test asks (verdict `environment`). Not counted by
 * harness_fail_thread_create().
 *
 * @param run what the thread does
 * @param arg handed to @p run; stays the caller's
 * @return the thread, for harness_join(). Blocks: never. Any thread may call
 *         it.
 */
pthread_t harness_start(void *(*run)(void *), void *arg);

/**
 * Join a thread, or end the test.
 *
 * @param thread started by harness_start(), not joined yet
 * @return what the thread returned. Blocks: until the thread has ended. Any
 *         thread may call it, once for each thread.
 */
void *harness_join(pthread_t thread);

/**
 * Wait until @p thread is blocked: it waits for a lock, a condition, a
 * semaphore, a join or another thread's hand-over, and every other thread of
 * the process but the caller is blocked or gone too, so that it stays blocked
 * until the caller acts. A thread that waits for a time to come counts as
 * blocked. No sleep is part of the proof.
 *
 * @param thread started by harness_start() or by the code under test
 * @return true when it blocks; false when it ended, or did not come to rest
 *         within the test's limit
 */
bool harness_until_blocked(pthread_t thread);

/**
 * How often a test should repeat what goes wrong in some interleavings only.
 * Many times when the machine's scheduler chooses; once under a scheduler that
 * goes through the interleavings itself.
 *
 * @return at least 1. Blocks: never. Any thread may call it.
 */
unsigned harness_tries(void);

/**
 * Make the code under test's @p nth pthread_create() from now on (1: the next)
 * fail with EAGAIN; later ones work again. Blocks: never. Any thread may
 * call it.
 *
 * @param nth which one; 0 takes the order back
 */
void harness_fail_thread_create(unsigned nth);

/**
 * Make the code under test's @p nth allocation from now on (1: the next malloc,
 * calloc, realloc or aligned_alloc) return NULL; later ones work again.
 * harness_allocations() tells whether the moment came. Blocks: never. Any
 * thread may call it.
 *
 * @param nth which one; 0 takes the order back
 */
void harness_fail_allocation(unsigned nth);

/**
 * Make the code under test's @p nth initialisation of a mutex, a condition (or
 * its attributes), a read-write lock or a semaphore from now on (1: the next)
 * fail for want of memory; later ones work again. Blocks: never. Any thread may
 * call it.
 *
 * @param nth which one; 0 takes the order back
 */
void harness_fail_init(unsigned nth);

/**
 * Such initialisations asked for so far.
 *
 * @return how many. Blocks: never. Any thread may call it.
 */
unsigned long harness_inits(void);

/**
 * Allocations that the code under test has asked for so far.
 *
 * @return how many. Blocks: never. Any thread may call it.
 */
unsigned long harness_allocations(void);

/**
 * Threads that the code under test has asked for so far.
 *
 * @return how many. Blocks: never. Any thread may call it.
 */
unsigned long harness_thread_creates(void);

/**
 * Threads that the code under test created and that have not ended.
 *
 * @return how many. Blocks: never. Any thread may call it.
 */
unsigned harness_live_threads(void);

/** Send SIGINT to the process, as Ctrl-C does. Any thread may call it. */
void harness_interrupt(void);

/**
 * Do the clocks stand still while a thread runs?
 *
 * @return true if so: then times are exact. Any thread may call it.
 */
bool harness_clock_is_virtual(void);

/**
 * A moment that is to come.
 *
 * @param milliseconds from now on
 * @return that moment on CLOCK_MONOTONIC. Any thread may call it.
 */
struct timespec harness_after_ms(long milliseconds);

/**
 * A deadline may come at any moment from now on, also while threads run; or no
 * more. Under the machine's scheduler it always may. Any thread may call it.
 *
 * @param passes whether it may
 */
void harness_let_time_pass(bool passes);

/**
 * Sleep until a moment has come; for tests about time only. Blocks. Any thread
 * may call it.
 *
 * @param when absolute, on CLOCK_MONOTONIC
 */
void harness_sleep_until(struct timespec when);

/**
 * A gate: closed at first, opened once, then open for good. What a test uses
 * instead of a sleep. Zero-initialise with HARNESS_GATE_INIT.
 */
struct harness_gate {
    pthread_mutex_t lock; /**< guards open and waiting */
    pthread_cond_t moved; /**< open or waiting changed */
    bool open;            /**< whoever waits may go on */
    unsigned waiting;     /**< threads inside harness_gate_wait() */
};

/** A gate that is closed. */
#define HARNESS_GATE_INIT                                                      \
    {                                                                          \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0          \
    }

/**
 * Open the gate: everyone who waits, or will wait, goes through. Blocks: never.
 * Any thread may call it.
 *
 * @param gate the caller's
 */
void harness_gate_open(struct harness_gate *gate);

/**
 * Wait until the gate is open. Blocks. Any number of threads may call it.
 *
 * @param gate the caller's; it stays where it is until all have gone through
 */
void harness_gate_wait(struct harness_gate *gate);

/**
 * Wait until threads wait at the gate. Blocks. Any thread may call it.
 *
 * @param gate the caller's
 * @param n    how many must wait
 */
void harness_gate_until_waiting(struct harness_gate *gate, unsigned n);

#endif
