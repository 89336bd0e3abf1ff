/**
 * @file status.h
 * The one status enum of the workbook: what every function that can fail
 * returns. Go returns an `error` value; C here returns one of these.
 */
#ifndef STATUS_H
#define STATUS_H

/** What a call came to. ST_OK is zero, so `if (status)` means "it failed". */
enum status {
    ST_OK = 0,      /**< done */
    ST_CLOSED,      /**< the object was closed or shut down */
    ST_AGAIN,       /**< would have to wait; try later */
    ST_TIMEDOUT,    /**< the deadline passed */
    ST_INTERRUPTED, /**< an interrupt (SIGINT) arrived */
    ST_INVALID,     /**< an argument or the moment of the call is wrong */
    ST_NOMEM,       /**< no memory */
    ST_SYS, /**< the system refused: a thread, a lock, a clock, a mask */
    ST_TODO /**< this step is not written yet */
};

/**
 * A status in words.
 *
 * @param s any value
 * @return a string that lives as long as the program, never NULL; "unknown
 *         status" for a value that is not in the enum. Blocks: never. Any
 *         number of threads may call it at once.
 */
const char *status_str(enum status s);

/**
 * The status for an error number of a pthread call that may fail in a right
 * program, such as pthread_create().
 *
 * @param error 0 or an error number from errno.h
 * @return ST_OK for 0, ST_NOMEM for ENOMEM, ST_SYS for any other. Blocks:
 *         never. Any number of threads may call it at once.
 */
enum status status_of_error(int error);

#endif
