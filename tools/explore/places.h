/* Lines of the program's source, from addresses. */
#ifndef EXPLORE_PLACES_H
#define EXPLORE_PLACES_H

enum { PLACES_MOST = 512 };

struct place {
    const void *pc; /* a return address */
    int line;       /* 0: not known */
    char file[160];
    char function[64];
};

/* Fill in file, line and function of each. Blocks while addr2line runs. */
void places_find(struct place *places, unsigned n);

#endif
