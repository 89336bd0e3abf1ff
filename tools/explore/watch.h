/* Looks at a process from outside, in real time: what does it hang in? */
#ifndef EXPLORE_WATCH_H
#define EXPLORE_WATCH_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

#include "explore.h"

/* A child that is watched. Zero-initialise but for the child. */
struct watch {
    pid_t child;
    unsigned long progress; /* when we looked last */
    unsigned asleep;        /* looks since then at which all slept */
    long ticks;             /* of processor time when it stopped changing */
    long pages;             /* the most it has had in memory since then */
};

/* Look at the child; call it every 250 ms. EXPLORE_PASS: nothing is wrong; else
 * the text says what is. */
enum explore_verdict watch_probe(struct watch *watch, char *text, size_t size);

/* "SIGSEGV": a static string. */
const char *watch_signal_name(int signal);

/* sigaction() of the kernel, not of the model. */
int watch_real_sigaction(int signal, const struct sigaction *action,
                         struct sigaction *old);

#endif
