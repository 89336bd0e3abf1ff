/* Fails from its second schedule on: the environment is the C library's, and is
 * not put back. */
#include <stdlib.h>

#include "corpus.h"

void scenario(void *arg)
{
    (void)arg;
    explore_assert(getenv("EXPLORE_LEFT_OVER") == NULL);
    (void)setenv("EXPLORE_LEFT_OVER", "1", 1);
}
