/* A schedule in words that survive small changes: which thread has how many
 * steps in a row, and which faults come. */
#ifndef EXPLORE_SCRIPT_H
#define EXPLORE_SCRIPT_H

#include "model.h"

enum { SCRIPT_SEGMENTS = 4096, SCRIPT_FAULTS = 64 };

struct segment {
    uint16_t thread;
    uint16_t steps;
};

/* A choice that is no thread and no default. */
struct script_fault {
    unsigned nth; /* of all choices that are no thread */
    unsigned value;
};

/* At the end of the segments no thread is preempted any more, or chance decides
 * (with a seed that is not 0). */
struct script {
    struct segment segments[SCRIPT_SEGMENTS];
    unsigned count;
    struct script_fault faults[SCRIPT_FAULTS];
    unsigned fault_count;
    uint64_t seed;
};

/* The run that is in the shared memory, as a script. False: it is too long. */
bool script_of_run(struct script *script);
/* Its first steps only. */
void script_cut(struct script *script, unsigned steps);

#endif
