/**
 * @file step.h
 * What an exercise's step says until it is written.
 */
#ifndef STEP_H
#define STEP_H

#include "status.h"

/**
 * Say that a step is not written yet. In a graded test of this step, or of a
 * later one, the test ends there with verdict `todo`. In a graded test of an
 * earlier step the call returns, so that each step can be graded before the
 * next is begun. A demo prints the step's name and exits with status 3.
 *
 * @param step the step's name, as in "pool.4"
 * @param ... the parameters of the function that is still to be written. They
 *            are not looked at; naming them keeps the compiler from calling
 *            them unused.
 * @return ST_TODO, if it returns; `return step_todo("pool.4", p);` is a whole
 *         function body. Blocks: never. Any thread may call it.
 */
enum status step_todo(const char *step, ...);

#endif
