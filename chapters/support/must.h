/**
 * @file must.h
 * Calls that cannot fail in a right program.
 *
 * Locking a mutex that was initialised, or waiting on a condition with its
 * mutex held, fails only if the program is wrong. There is nothing sensible to
 * return then, and going on would hide the mistake. So the call is checked, and
 * a failure ends the program with the line at which it stands.
 *
 * Calls that can fail in a right program (memory, a new thread, a timeout) are
 * not for MUST(): they are answered with an `enum status`.
 */
#ifndef MUST_H
#define MUST_H

/**
 * Make a call that returns 0 on success; end the program if it does not.
 *
 * @param call a pthread call (returns an error number), or a call that returns
 *             -1 and sets errno
 */
#define MUST(call) must_be_zero((call), #call, __FILE__, __LINE__)

/**
 * What MUST() expands to: prints file, line, call and error on stderr and
 * aborts, unless @p result is 0. Any thread may call it. Blocks: only while it
 * prints.
 *
 * @param result what the call returned
 * @param call   its text
 * @param file   where it stands
 * @param line   where it stands
 */
void must_be_zero(int result, const char *call, const char *file, int line);

#endif
