/* Fibers: contexts of the program's own, between which it switches without the
 * kernel. A fiber has a stack, and the sanitizers are told whenever another one
 * runs: to ThreadSanitizer each is a thread. */
#ifndef EXPLORE_FIBER_H
#define EXPLORE_FIBER_H

#include <stdbool.h>
#include <stddef.h>

/* All zero: not made yet. */
struct fiber {
    void *stack_pointer; /* while another one runs */
    char *stack;         /* its lowest byte; below it lies a guard page */
    size_t size;         /* of the stack, in bytes */
    void *tsan;          /* as ThreadSanitizer knows it */
    void *fake_stack;    /* AddressSanitizer's, while another one runs */
    void (*enter)(void *);
    void *arg;
};

/* Can there be fibers on this machine and in this build? */
bool fiber_is_possible(void);

/* Make a fiber that runs enter(arg), which must not return, when it is first
 * switched to. It is kept for the process's life. False: no memory. */
bool fiber_make(struct fiber *fiber, void (*enter)(void *), void *arg);

/* The caller's kernel thread is a fiber, too, from now on. */
void fiber_adopt_caller(struct fiber *fiber);

/* Run to until someone switches back to from, which is the caller. */
void fiber_switch(struct fiber *from, struct fiber *to);

#endif
