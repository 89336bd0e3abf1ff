/**
 * @file todo.h
 * Steps that are not written yet, as a graded test meets them.
 */
#ifndef TODO_H
#define TODO_H

/**
 * Say which step the test belongs to, before it starts.
 *
 * @param number the step's number in its chapter, 1 or more; 0 if the test
 *               belongs to no step: then every unwritten step ends it
 */
void todo_set_step(unsigned number);

#endif
