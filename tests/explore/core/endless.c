/* A loop without a call: outside of ThreadSanitizer and without points at the
 * blocks of code, only the watchdog ends it. */
#include "corpus.h"

static volatile int is_over;

void scenario(void *arg)
{
    (void)arg;
    while (!is_over)
        continue;
}
