/* Lines of the program's source, from addresses. */
#ifndef EXPLORE_PLACES_H
#define EXPLORE_PLACES_H

#include "explore.h"

enum { PLACES_MOST = 512 };

struct place {
    const void *pc; /* a return address */
    int line;       /* 0: not known */
    char file[EXPLORE_NAME];
    char function[EXPLORE_NAME];
};

/* Fill in file, line and function of each. Blocks while addr2line runs. */
void places_find(struct place *places, unsigned n);

#endif
