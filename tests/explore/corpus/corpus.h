/* What every program of the corpus is: a scenario that the driver explores. */
#ifndef CORPUS_H
#define CORPUS_H

#include "explore.h"

void scenario(void *arg);

#endif
