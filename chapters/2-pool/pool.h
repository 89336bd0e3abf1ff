/**
 * @file pool.h
 * A pool of resources that are costly to make and can be used again: database
 * connections, buffers. Go: a struct around a buffered channel.
 *
 * The pool keeps at most a fixed number of idle resources, in a queue. Who
 * needs one takes the one that has been idle longest; with none idle a new one
 * is opened, so nobody ever waits for someone else to release. What comes back
 * when the queue is full, or after the pool was closed, is closed.
 *
 * Whatever the order in which threads run, each resource is closed exactly
 * once, and none is handed out after pool_close() has begun.
 */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>

#include "status.h"

/** A pool; its members are private to pool.c. */
typedef struct pool pool;

/**
 * How to make and end one resource. Go: the factory function and `io.Closer`.
 *
 * Both are called without any lock of the pool held, possibly by several
 * threads at once, and may call the pool's functions themselves (but see
 * pool_close() and pool_free()).
 */
struct pool_ops {
    /**
     * Open a resource.
     *
     * @param ctx      what was given to pool_new()
     * @param resource receives the new resource; on success the pool's caller
     *                 owns it
     * @return ST_OK, or any other status: pool_acquire() returns it unchanged
     */
    enum status (*open)(void *ctx, void **resource);

    /**
     * Close a resource and free what it holds.
     *
     * @param ctx      what was given to pool_new()
     * @param resource was opened by open(); nobody uses it any more
     */
    void (*close)(void *ctx, void *resource);
};

/**
 * Make a pool with nothing in it. Go: `New(factory, size)`.
 *
 * @param out      receives the pool; the caller owns it and ends it with
 *                 pool_free(). Untouched on failure.
 * @param ops      both functions; copied
 * @param ctx      handed to both functions; the pool never looks at it. It must
 *                 live until pool_free() has returned.
 * @param max_idle how many idle resources are kept at most, at least 1
 * @return ST_OK; ST_INVALID for a max_idle of 0 or a missing function;
 *         ST_NOMEM; ST_SYS
 *
 * Blocks: never. Any number of threads may call it at once.
 */
enum status pool_new(pool **out, const struct pool_ops *ops, void *ctx,
                     size_t max_idle);

/**
 * Take the resource that has been idle longest, or open a new one. Go:
 * `p.Acquire()`, a `select` with a `default`.
 *
 * Prints `Resource acquire: Shared Resource` or, before it opens one,
 * `Resource acquire: New Resource` (log_line()). If the pool is closed while
 * open() runs, the new resource is closed again.
 *
 * @param p        a pool; stays the caller's
 * @param resource receives the resource; the caller owns it until
 *                 pool_release(). Untouched on failure.
 * @return ST_OK; ST_CLOSED once the pool is closed; what open() returned when
 *         it failed: the pool stays usable
 *
 * Blocks: while open() runs; never for another thread's release. Any number of
 * threads may call it at once.
 */
enum status pool_acquire(pool *p, void **resource);

/**
 * Give a resource back. Go: `p.Release(r)`.
 *
 * It joins the end of the queue (`Resource Return:  Returned Resource Queue`);
 * or, when the queue is full (`Resource Return:  Release Resource`) or the pool
 * closed (no line), it is closed.
 *
 * @param p        a pool; stays the caller's
 * @param resource taken from this pool with pool_acquire(), and not released
 *                 since; the pool owns it from here on. Another one is a
 *                 programming error.
 * @return ST_OK: the resource was kept or closed
 *
 * Blocks: while close() runs. Any number of threads may call it at once.
 */
enum status pool_release(pool *p, void *resource);

/**
 * Close the pool: nothing is handed out from here on, and every idle resource
 * is closed, in the order of the queue. Go: `p.Close()`.
 *
 * Resources that are in use are closed when they are released. To close a pool
 * again does nothing but wait: every call returns when the first has closed all
 * that was idle.
 *
 * @param p a pool; stays the caller's
 * @return ST_OK; ST_INVALID when called by the close() function that this very
 *         pool_close() is running: it cannot wait for itself
 *
 * Blocks: while close() runs for what was idle. Any number of threads may call
 * it at once.
 */
enum status pool_close(pool *p);

/**
 * Close the pool if that is still to be done, and end its life.
 *
 * @param p a pool that no other call uses or will use, with every resource
 *          released, or NULL: then nothing is done. Not to be called by open()
 *          or close(). Anything else is a programming error.
 *
 * Blocks: as pool_close().
 */
void pool_free(pool *p);

#endif
