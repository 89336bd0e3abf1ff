/**
 * @file runner.h
 * A program's lifecycle: tasks in order, under a deadline, until an interrupt.
 *
 * A runner has a list of tasks and a deadline. runner_start() runs the tasks
 * one after the other on a thread of their own, and returns when the last one
 * has ended, when the deadline passes, or when an interrupt (SIGINT, Ctrl-C) is
 * found between two tasks, whichever comes first.
 *
 * Nothing can stop a task from outside. So after a timeout the running task
 * goes on to its end; runner_free() waits for it. Go leaves such a goroutine
 * behind; in C it would use memory that has been freed.
 *
 * The interrupt is looked for in the kernel's set of pending signals: while
 * runner_start() runs, SIGINT is blocked in the calling thread and in the task
 * thread. A signal that is blocked stays pending, once, however often it is
 * sent. That is Go's channel of size one. A program with other threads must
 * block SIGINT in those too, or the kernel will hand it to one of them.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <time.h>

#include "status.h"

/** A runner; its members are private to runner.c. */
typedef struct runner runner;

/**
 * A task. Go: `func(int)`.
 *
 * @param id  0 for the task that was added first, then 1, 2, …
 * @param arg what was given to runner_add(); the runner never looks at it
 *
 * Runs on the runner's task thread, with SIGINT blocked and without any lock of
 * the runner held. It must not call runner_start() or runner_free() on its own
 * runner.
 */
typedef void runner_task(int id, void *arg);

/**
 * Make a runner. The clock starts here, not at runner_start(). Go: `New(d)`
 * with its `time.After(d)`.
 *
 * @param out     receives the runner; the caller owns it and ends it with
 *                runner_free(). Untouched on failure.
 * @param timeout seconds and nanoseconds from now, on CLOCK_MONOTONIC: setting
 *                the wall clock does not move the deadline. Zero is allowed:
 *                then nothing will run.
 * @return ST_OK; ST_INVALID for a negative time or nanoseconds outside
 *         0..999,999,999; ST_NOMEM; ST_SYS
 *
 * Blocks: never. Any number of threads may call it at once.
 */
enum status runner_new(runner **out, struct timespec timeout);

/**
 * Add a task behind those that were added before. Go: `r.Add(task)`.
 *
 * @param r    a runner that has not been started; stays the caller's
 * @param task what to run
 * @param arg  handed to the task; must live until the task has ended
 * @return ST_OK; ST_INVALID for no task or after runner_start(); ST_NOMEM: the
 *         tasks added so far stay
 *
 * Blocks: never. One thread at a time may use a runner.
 */
enum status runner_add(runner *r, runner_task *task, void *arg);

/**
 * Run the tasks in order and wait for what comes first: the end of the last
 * task, the deadline, or an interrupt found between two tasks. Go: `r.Start()`
 * with its `select`.
 *
 * The interrupt is looked for before each task, and only there. It may have
 * been pending before the call. One that comes after the last look is dropped:
 * it does not end the process when the signal mask returns. The deadline is
 * looked at before each task and after the last one. At the very instant of the
 * deadline, the deadline comes first.
 *
 * @param r a runner that has not been started; stays the caller's
 * @return - ST_OK: every task has run, and the last one ended strictly before
 *           the deadline by the task thread's own clock
 *         - ST_TIMEDOUT: the deadline passed. One task may still be running; no
 *           further one starts. With the deadline past at the call, none does.
 *         - ST_INTERRUPTED: an interrupt was found, and is taken off the
 *           pending set; the task before it has ended and no further one starts
 *         - ST_INVALID: the runner was started before
 *         - ST_NOMEM, ST_SYS: the task thread could not be had; nothing has run
 *
 * The caller's signal mask, and what it has arranged for SIGINT, are the same
 * after the call as before.
 *
 * Blocks: until one of the above. SIGINT belongs to the whole process, so only
 * one runner_start() may run at a time in a process.
 */
enum status runner_start(runner *r);

/**
 * End a runner's life. May be called at once after runner_start(), a timeout
 * included. Go: nothing; the garbage collector waits for the goroutine.
 *
 * @param r a runner, or NULL: then nothing is done. Not to be called by the
 *          runner's own task, nor while another call uses the runner: these are
 *          programming errors.
 *
 * Blocks: until a task that is still running has ended.
 */
void runner_free(runner *r);

#endif
