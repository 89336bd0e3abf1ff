/**
 * @file sanitizers.h
 * How the sanitizers are set up in a test program, whichever it is built with.
 */
#ifndef SANITIZERS_H
#define SANITIZERS_H

#include <stdbool.h>

/**
 * Send the sanitizer's reports to an open descriptor. It holds for this process
 * alone: a process that this one forks off calls it anew.
 */
void sanitizers_report_to(int descriptor);

/** Look for memory that nothing points to any more; false without LSan. */
bool sanitizers_find_leaks(void);

#endif
