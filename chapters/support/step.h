/**
 * @file step.h
 * What an exercise's step says until it is written.
 */
#ifndef STEP_H
#define STEP_H

#include "status.h"

/**
 * Say that a step is not written yet, and end there: a graded test ends with
 * verdict `todo`, a demo prints the step's name and exits with status 3.
 *
 * @param step the step's name, as in "pool.4"
 * @param ... the parameters of the function that is still to be written. They
 *            are not looked at; naming them keeps the compiler from calling
 *            them unused.
 * @return never in practice; ST_TODO as far as the compiler knows, so that
 *         `return step_todo("pool.4", p);` is a whole function body. Any thread
 *         may call it.
 */
enum status step_todo(const char *step, ...);

#endif
