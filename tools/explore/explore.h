/**
 * @file explore.h
 * Runs a pthread program through many of its interleavings, and replays any.
 *
 * Linked in with the flags of explore.mk, the library takes over threads,
 * locks, time and signals of the program inside explore_run(), and only there:
 * calls made outside pass straight through. One thread runs at a time, and the
 * library decides which: a schedule is a function of the program and a short
 * string. Clocks are virtual: they stand still while a thread runs, and jump to
 * the next deadline when none can.
 *
 * @code
 * static void scenario(void *arg) { ... pthread_create ... pthread_join ... }
 *
 * struct explore_options options = {.schedules = 1000};
 * static struct explore_result result;
 * if (explore_run(scenario, NULL, &options, &result) != EXPLORE_PASS)
 *     printf("%s\n%s\n%s\n", result.message, result.table, result.schedule);
 * @endcode
 *
 * The schedules run in child processes, so that a deadlock or a crash ends none
 * but the child; what the scenario leaves in variables is not seen by the
 * caller of explore_run(). Each schedule begins with the program's static data,
 * as far as it was compiled for that (see explore.mk), as it was at
 * explore_run().
 *
 * What it does not see:
 * - Memory is sequentially consistent: one thread runs at a time. What a weaker
 *   memory order would allow is not tried; a race that comes of it is
 *   ThreadSanitizer's to report.
 * - Between two calls that it takes over a thread runs on undisturbed. Atomic
 *   operations are points of their own in ThreadSanitizer's build only, where
 *   they are calls; plain accesses where accesses.txt is linked in, too. With
 *   -fsanitize-coverage=trace-pc a loop that makes no call is interrupted.
 * - Refused by name, as EXPLORE_UNMODELLED: cancellation, real-time signals,
 *   named semaphores, robust and process-shared locks, timed joins, timers,
 *   eventfd and epoll, and starting other processes. A call that blocks and is
 *   not known is named by a watchdog.
 * - clone() and syscall() are not taken over.
 * - Threads are fibers on one kernel thread, where gettid() is the same for
 *   all. Where the program has thread-local data of its own, and in a replay,
 *   they are kernel threads, and do the same.
 * - A reduced schedule is a local minimum: no single change of those that are
 *   tried makes it shorter. Livelocks are shown as they were found.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a set of schedules came to. */
enum explore_verdict {
    EXPLORE_PASS = 0, /**< nothing wrong was seen; no proof */
    EXPLORE_TODO,     /**< the program ended the schedule: not written yet */
    EXPLORE_WRONG,    /**< explore_fail(), or an assertion */
    EXPLORE_RACE,     /**< ThreadSanitizer saw a data race */
    EXPLORE_DEADLOCK, /**< no thread can ever run again */
    EXPLORE_LIVELOCK, /**< threads run fairly and for ever, to no effect; or
                         more are started than the 1,023 of a schedule, or the
                         600 that may not have ended */
    EXPLORE_LEAK,     /**< a thread, lock or memory is left over */
    EXPLORE_MISUSE,   /**< a call that POSIX leaves undefined */
    EXPLORE_CRASH,    /**< a signal, an exit, or a sanitizer's report */
    EXPLORE_INCONCLUSIVE, /**< the step limit came first */
    EXPLORE_UNMODELLED,   /**< a call that the explorer does not know */
    EXPLORE_DIVERGED,     /**< a schedule string does not fit this program */
    EXPLORE_ENVIRONMENT,  /**< no memory, process or thread to be had */
    EXPLORE_VERDICTS      /**< how many there are */
};

/**
 * A verdict's name: "pass", "deadlock", ...
 *
 * @param verdict any value
 * @return a string that is never freed. Any thread may call it.
 */
const char *explore_verdict_name(enum explore_verdict verdict);

/**
 * A strategy's name: "PCT", ...
 *
 * @param strategy one of enum explore_strategy, or 0
 * @return a string that is never freed; "" for 0. Any thread may call it.
 */
const char *explore_strategy_name(unsigned strategy);

/** The ways to pick a schedule; a mask in explore_options::strategies. */
enum explore_strategy {
    EXPLORE_ROUND_ROBIN = 1 << 0, /**< no preemption; then one at each point */
    EXPLORE_RANDOM = 1 << 1,      /**< every choice by chance */
    EXPLORE_PCT = 1 << 2,         /**< random priorities, depths 1 to 5 */
    EXPLORE_POS = 1 << 3,         /**< partial-order sampling */
    EXPLORE_SEARCH = 1 << 4,      /**< every interleaving, up to equivalence;
                                       else all with few preemptions */
    EXPLORE_ENUMERATE = 1 << 5,   /**< as SEARCH, without any reduction; slow */
    EXPLORE_PORTFOLIO = 0x1f      /**< all but the last */
};

enum { EXPLORE_STRATEGIES = 6 };

/** Faults that may be chosen; a mask in explore_options::faults. */
enum explore_fault {
    EXPLORE_WAITER = 1 << 0,   /**< a signal wakes any waiter, not the oldest */
    EXPLORE_SPURIOUS = 1 << 1, /**< a condition wakes someone for no reason */
    EXPLORE_CLOCK = 1 << 2,    /**< time passes while threads can still run */
    EXPLORE_MEMORY = 1 << 3,   /**< an allocation fails */
    EXPLORE_THREADS = 1 << 4,  /**< pthread_create() fails with EAGAIN */
    EXPLORE_RANDOMS = 1 << 5   /**< rand() returns extreme values */
};

enum {
    EXPLORE_INTERRUPTS = 4, /**< the most SIGINTs sent by themselves */
    EXPLORE_TEXT = 512,     /**< bytes of a message */
    EXPLORE_STRING = 8192,  /**< bytes of a schedule string */
    EXPLORE_TABLE = 32768,  /**< bytes of a table */
    EXPLORE_NAME = 160,     /**< bytes of a file's or a function's name */
    EXPLORE_PLACES = 8      /**< lines named by a result */
};

/** What to do. Zero-initialise: a member that is zero means its default. */
struct explore_options {
    uint64_t seed;           /**< of all chance; the same seed, the same run */
    unsigned long schedules; /**< how many to run at most; 1000 */
    unsigned strategies;     /**< enum explore_strategy; EXPLORE_PORTFOLIO */
    unsigned preemptions;    /**< the highest bound of a bounded search; as far
                                  as the schedules go */
    unsigned faults;         /**< enum explore_fault; none */
    unsigned long steps;     /**< most schedule points in a schedule; 20000 */
    int64_t start;           /**< CLOCK_REALTIME at the start, in seconds since
                                  1970; 1136239445 (2006-01-02 22:04:05 UTC) */
    int64_t interrupts[EXPLORE_INTERRUPTS]; /**< ns after the start at which a
                                  SIGINT comes; used up to the first zero */
    const char *replay;  /**< run this one schedule; NULL. Borrowed */
    bool here;           /**< run in this process, for a debugger: a failing
                              schedule leaves its threads standing */
    bool keep_memory;    /**< memory left over is no leak */
    bool kernel_threads; /**< each thread is a kernel thread, not a fiber: as
                              always in a replay, in a debugger, and for code
                              with thread-local variables */
    bool unreduced;      /**< show a failing schedule as it was found */
    bool verbose;        /**< what is run again to reduce a failure prints, too;
                              else what it prints is thrown away */
};

/** A line of the program. */
struct explore_place {
    char file[EXPLORE_NAME];     /**< below the folder it was compiled in */
    char function[EXPLORE_NAME]; /**< "": not known */
    int line;                    /**< counted from 1; 0: not known */
};

/** What came out. Filled in by explore_run(); owned by the caller; no pointers
 * inside, nothing to free. */
struct explore_result {
    enum explore_verdict verdict; /**< what all schedules came to */
    char message[EXPLORE_TEXT];   /**< one sentence; it names the lines */
    struct explore_place places[EXPLORE_PLACES]; /**< the lines that matter */
    unsigned place_count;                        /**< places in use */
    char schedule[EXPLORE_STRING]; /**< replays the failure; "" on a pass */
    char table[EXPLORE_TABLE];     /**< the interleaving, 80 columns wide */
    uint64_t seed;                 /**< the one that was used */
    unsigned long schedules;       /**< run, until the failure or the end */
    unsigned strategy; /**< enum explore_strategy that found it; 0 */
    unsigned long run[EXPLORE_STRATEGIES];      /**< by strategy's bit */
    unsigned long distinct[EXPLORE_STRATEGIES]; /**< different partial orders */
    bool complete;      /**< the search has seen every interleaving there is */
    int bound;          /**< else: all with at most so many preemptions; -1 */
    unsigned states;    /**< different sets of explore_observe() values */
    uint64_t state_sum; /**< the same for the same set of states */
    unsigned switches;  /**< context switches in the failing schedule */
    unsigned steps;     /**< schedule points of the last schedule */
};

/** The program to explore; called once per schedule, on a thread of its own. */
typedef void explore_scenario(void *arg);

/**
 * Run @p scenario under one schedule after the other, until one fails or the
 * budget is used up. Blocks. Not thread-safe: call it from the only thread of
 * the process. When a schedule fails, it is reduced to few context switches, so
 * the scenario may run a few hundred times more.
 *
 * @param scenario what to run; must return, its threads joined
 * @param arg      handed to @p scenario; borrowed
 * @param options  NULL for the defaults; borrowed
 * @param result   filled in; owned by the caller; it is large: make it static
 * @return the verdict, as in @p result
 */
enum explore_verdict explore_run(explore_scenario *scenario, void *arg,
                                 const struct explore_options *options,
                                 struct explore_result *result);

/**
 * Is the caller a thread of a schedule that explore_run() runs?
 *
 * @return true if so. Any thread may call it.
 */
bool explore_running(void);

/**
 * End the current schedule where it stands, with a verdict; nothing is unwound
 * and no other thread runs again. Any thread of a schedule may call it. Outside
 * of a schedule it prints the text and aborts.
 *
 * @param verdict EXPLORE_WRONG, EXPLORE_TODO or any other but EXPLORE_PASS
 * @param file    where; NULL: the line of the caller is found
 * @param line    where
 * @param text    one sentence; copied
 */
_Noreturn void explore_end(enum explore_verdict verdict, const char *file,
                           int line, const char *text);

/** End the current schedule as wrong. @param text one sentence; copied */
#define explore_fail(text)                                                     \
    explore_end(EXPLORE_WRONG, __FILE__, __LINE__, (text))

/** End the current schedule as wrong unless @p condition holds. */
#define explore_assert(condition)                                              \
    ((condition) ? (void)0 : explore_fail("false: " #condition))

/**
 * Add a value to the state that this schedule ends in; the sets of states that
 * were reached are compared by explore_result::states and state_sum. Any thread
 * of a schedule may call it.
 *
 * @param value any
 */
void explore_observe(uint64_t value);

/**
 * As pthread_create(), for a thread that belongs to the test and not to the
 * code under test: it is not counted below and never chosen to fail.
 *
 * @param thread receives the thread
 * @param run    what it does
 * @param arg    handed to @p run; borrowed
 * @return 0 or an error number. Any thread of a schedule may call it.
 */
int explore_create(pthread_t *thread, void *(*run)(void *), void *arg);

/**
 * Wait until @p thread is blocked and no thread but the caller can run. A
 * thread that waits for a time to come counts as blocked; time does not move.
 *
 * @param thread a thread of this schedule
 * @return true when it blocks, false when it has ended. Blocks.
 */
bool explore_until_blocked(pthread_t thread);

/**
 * Make a pthread_create() fail with EAGAIN. Holds until the schedule's end. Any
 * thread of a schedule may call it.
 *
 * @param nth which one from now on (1: the next; 0: none)
 */
void explore_fail_thread_create(unsigned nth);

/**
 * Make an allocation of the code under test fail. Any thread of a schedule may
 * call it.
 *
 * @param nth which one from now on (1: the next malloc, calloc, realloc or
 *            aligned_alloc; 0: none)
 */
void explore_fail_allocation(unsigned nth);

/**
 * Make an initialisation of a mutex, condition, attributes of one, read-write
 * lock or semaphore fail for want of memory. Any thread of a schedule may call
 * it.
 *
 * @param nth which one from now on (1: the next; 0: none)
 */
void explore_fail_init(unsigned nth);

/**
 * From now on, until the schedule's end or until it is taken back, time may
 * pass while threads can still run, as with EXPLORE_CLOCK. Any thread of a
 * schedule may call it.
 *
 * @param passes whether it may
 */
void explore_let_time_pass(bool passes);

/**
 * Initialisations asked for so far, in this schedule.
 *
 * @return how many. Any thread of a schedule may call it.
 */
unsigned long explore_inits(void);

/**
 * Allocations asked for so far, in this schedule, by the code under test.
 *
 * @return how many. Any thread of a schedule may call it.
 */
unsigned long explore_allocations(void);

/**
 * Threads asked for so far, in this schedule, by the code under test.
 *
 * @return how many. Any thread of a schedule may call it.
 */
unsigned long explore_thread_creates(void);

/**
 * Threads that the code under test created and that have not ended.
 *
 * @return how many. Any thread of a schedule may call it.
 */
unsigned explore_live_threads(void);

/**
 * Write down how this schedule has come so far. Replayed, the string leads here
 * again; behind it no thread is preempted, and nothing is checked. In such a
 * string `-` may stand for a letter that checks what the program has done.
 *
 * @param to   at least one byte
 * @param size of @p to
 * @return false when it is too long, or outside of a schedule
 */
bool explore_schedule(char *to, size_t size);

/** Called when a schedule fails, before anything else happens: a place for a
 * debugger to stop. It does nothing. */
void explore_has_failed(void);

/** Nothing that is left over at the end of this schedule is a leak. */
void explore_excuse_leaks(void);

/**
 * For functions of a test's own tool box: until it is called again, the calling
 * thread's calls count as made at this line.
 *
 * @param pc the return address of the function that calls this; NULL: no more
 */
void explore_on_behalf_of(const void *pc);

/**
 * The calling thread's number in this schedule.
 *
 * @return 0 for the scenario's own. Any thread of a schedule may call it.
 */
unsigned explore_thread(void);

/** Send SIGINT to the process, as Ctrl-C does. Any thread may call it. */
void explore_interrupt(void);

#endif
