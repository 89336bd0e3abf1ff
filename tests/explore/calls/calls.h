/* Small scenarios, one for each thing that a call promises: its values, when it
 * blocks, and what the virtual clock says after it. Each is run through many
 * interleavings, and must hold in all. */
#ifndef CALLS_H
#define CALLS_H

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "explore.h"

struct example {
    const char *name;
    void (*run)(void);
    enum explore_verdict verdict; /* expected; EXPLORE_PASS */
    const char *says;             /* words in the message; NULL */
    struct explore_options options;
    bool only_tsan; /* without ThreadSanitizer it passes */
};

extern const struct example examples[]; /* up to one without a name */

enum { MS = 1000000 };

/* ns since the schedule began. */
int64_t now(void);

/* What a clock will show so many ms after now. */
struct timespec in_ms(clockid_t clock, long ms);

/* A thread that must be there. */
pthread_t start(void *(*run)(void *), void *arg);
void join(pthread_t thread);

#endif
