/* What a program that is played has printed and how it ended, one run at a
 * time, and how that is told. */
#ifndef PLAY_RECORD_H
#define PLAY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECORD_MOST = 1 << 20 }; /* bytes that a program may print */

/* Put a file in the place of stdout and of stderr; the real ones are kept.
 * False: there is no such file to be had. */
bool record_open(void);

/* A run begins: what was printed is thrown away. */
void record_begin(void);

/* Bytes that this run has printed on stdout. Any thread of it may ask. */
size_t record_size(void);

/* How a run ended. */
struct record_end {
    const char *verdict; /* "pass", or what the explorer found instead */
    const char *message; /* in words; "" for a pass */
    const char *schedule;
    int status; /* of exit; -1: it did not come to its end */
    int64_t ns; /* from its start to its end, on the virtual clock */
    bool typed; /* the key was typed */
};

/* Write the run to the real stdout: a line of numbers, with the lengths of the
 * four texts that follow (stdout, stderr, schedule, message). */
void record_tell(const struct record_end *end);

/* A line after the last run. */
void record_tell_last(unsigned long schedules, bool complete);

/* Write what the run has printed to the real stdout and stderr, as it is. */
void record_copy(void);

/* The real stderr, to be written to. */
int record_stderr(void);

#endif
