/**
 * @file work.h
 * A pool of worker threads that are handed tasks. Go: goroutines that `range`
 * over an unbuffered channel.
 *
 * There is no queue of work. work_run() hands its task to a worker, and returns
 * when a worker has it; with all workers busy it waits. So whoever submits
 * knows that a task reported as taken will run, and never runs ahead of the
 * workers.
 */
#ifndef WORK_H
#define WORK_H

#include <stddef.h>

#include "status.h"

/** A pool of workers; its members are private to work.c. */
typedef struct work_pool work_pool;

/**
 * A task. Go: the interface `Worker` with its method `Task()`.
 *
 * @param arg what was given to work_run(); the pool never looks at it
 *
 * Runs on a worker's thread, without any lock of the pool held. It may call
 * work_run() on its own pool, and then waits for another worker; it must not
 * call work_free() on it.
 */
typedef void work_task(void *arg);

/**
 * Make a pool and start its workers. Go: `New(maxGoroutines)`.
 *
 * @param out     receives the pool; the caller owns it and ends it with
 *                work_free(). Untouched on failure.
 * @param threads how many workers, at least 1
 * @return ST_OK: all workers have been started; ST_INVALID for no threads;
 *         ST_NOMEM, ST_SYS: also when only some of the workers could be
 *         started: those have been joined again, none is left behind
 *
 * Blocks: only to join workers on failure. Any number of threads may call it at
 * once.
 */
enum status work_new(work_pool **out, size_t threads);

/**
 * Hand a task to a worker. Go: `p.work <- w` on an unbuffered channel.
 *
 * Tasks are taken in the order in which they were offered.
 *
 * @param w    a pool; stays the caller's
 * @param task what to run
 * @param arg  handed to the task; must live until the task has ended
 * @return ST_OK: a worker has the task, and it runs exactly once; ST_CLOSED:
 *         the pool was shut down before a worker took it, and it will not run
 *         (Go panics here); ST_INVALID for no task; ST_NOMEM, ST_SYS: what the
 *         call needs could not be had, and the task will not run
 *
 * Blocks: until a worker takes the task, or the pool is shut down. Any number
 * of threads may call it at once.
 */
enum status work_run(work_pool *w, work_task *task, void *arg);

/**
 * Shut the pool down: no task is taken from here on, those that were taken end,
 * and every worker has been joined when this returns. Go: `close(p.work)` and
 * `p.wg.Wait()`.
 *
 * Whoever is blocked in work_run() is told ST_CLOSED. To shut down again does
 * nothing but wait: every call returns when the first has joined the workers.
 *
 * @param w a pool; stays the caller's
 * @return ST_OK; ST_INVALID when called by a task of this pool, which would
 *         have to wait for itself: then nothing has changed
 *
 * Blocks: until the tasks that were taken have ended. Any number of threads may
 * call it at once.
 */
enum status work_shutdown(work_pool *w);

/**
 * Shut the pool down if that is still to be done, and end its life.
 *
 * @param w a pool that no other call uses or will use, or NULL: then nothing is
 *          done. To call it from a task of this pool, or while a thread is in
 *          work_run(), is a programming error.
 *
 * Blocks: as work_shutdown().
 */
void work_free(work_pool *w);

#endif
