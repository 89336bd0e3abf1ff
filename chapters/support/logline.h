/**
 * @file logline.h
 * The log line printer of the demos and of the pool. Go: `log.Println`.
 */
#ifndef LOGLINE_H
#define LOGLINE_H

/**
 * Print one line, `2006/01/02 15:04:05 message`, in local time, on stdout.
 *
 * The line is written whole: lines of several threads come one after the other,
 * never mixed. A message of more than 200 bytes is cut. A line that cannot be
 * written is dropped: a log has no one to tell.
 *
 * @param format as for printf, without a newline at its end
 *
 * Blocks: while another thread prints. Any number of threads may call it at
 * once. Do not call it with a lock held that others wait for.
 */
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);

#endif
