#include "step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_TODO = 3 };

/* The graded tests bring their own step_todo(); this one serves the demos. */
enum status step_todo(const char *step, ...)
{
    (void)fflush(stdout);
    (void)fprintf(stderr,
                  "step %s is not written yet: `make hint CHAPTER=%.*s`"
                  " says how to begin\n",
                  step, (int)strcspn(step, "."), step);
    /* _Exit: other threads may still use what exit handlers would tear down. */
    _Exit(EXIT_TODO);
}
