/* Who reads: what a read-write lock's object alone does not say. */
#ifndef EXPLORE_RWLOCK_H
#define EXPLORE_RWLOCK_H

#include "model.h"

/* A thread that holds the lock for reading, and since which line; NULL: none.
 */
const struct thread *rwlock_reader(const struct object *lock,
                                   const void **since);

#endif
