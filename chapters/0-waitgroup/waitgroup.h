/**
 * @file waitgroup.h
 * Wait for a number of things to be done. Go: `sync.WaitGroup`.
 *
 * The group counts what is still to be done. Whoever starts something adds one;
 * whoever has finished says done; whoever needs the results waits for zero.
 */
#ifndef WAITGROUP_H
#define WAITGROUP_H

#include <pthread.h>

#include "status.h"

/**
 * The storage is the caller's, so that a group can stand in a struct or on a
 * stack. The members are private: only the functions below touch them.
 */
typedef struct waitgroup {
    pthread_mutex_t lock; /**< guards count and rounds */
    pthread_cond_t zero;  /**< count has become zero */
    long count;           /**< what is left to be done; never below 0 */
    unsigned long rounds; /**< how often count has become zero */
} waitgroup;

/**
 * Make a group with nothing to be done. Go: the zero value of a WaitGroup.
 *
 * @param wg the caller's storage; it must stay in place until
 *           waitgroup_destroy()
 * @return ST_OK; ST_NOMEM or ST_SYS when the system has no lock or condition
 *         to give: then there is nothing to destroy
 *
 * Blocks: never. One thread calls it, before any other uses the group.
 */
enum status waitgroup_init(waitgroup *wg);

/**
 * Change what is still to be done. Go: `wg.Add(delta)`.
 *
 * When the counter becomes zero, every thread that waits is let go.
 *
 * @param wg    an initialised group; stays the caller's
 * @param delta how many more; negative: how many less
 * @return ST_OK; ST_INVALID when the counter would turn negative or too large
 *         for a long: then it stays as it was (Go panics)
 *
 * Blocks: never for long. Any number of threads may call it at once.
 */
enum status waitgroup_add(waitgroup *wg, long delta);

/**
 * Say that one thing is done: the counter goes down by one. Go: `wg.Done()`.
 *
 * @param wg an initialised group; stays the caller's
 * @return as waitgroup_add() with a delta of -1
 *
 * Blocks: never for long. Any number of threads may call it at once.
 */
enum status waitgroup_done(waitgroup *wg);

/**
 * Wait until nothing is left to be done. Go: `wg.Wait()`.
 *
 * Returns as soon as the counter is zero, or has been zero at some moment since
 * the call: a round that others begin at once does not hold back those who
 * waited for the last one. Everything that was done before the call to
 * waitgroup_done() that made the counter zero is visible afterwards.
 *
 * @param wg an initialised group; stays the caller's
 * @return ST_OK
 *
 * Blocks: until the counter has been zero. Any number of threads may call it at
 * once.
 */
enum status waitgroup_wait(waitgroup *wg);

/**
 * End a group's life. Go: nothing, the garbage collector does it.
 *
 * @param wg an initialised group that no thread is using or will use; to
 *           destroy one while a thread is inside another call is a programming
 *           error
 *
 * Blocks: never. One thread calls it.
 */
void waitgroup_destroy(waitgroup *wg);

#endif
