#include "must.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void must_be_zero(int result, const char *call, const char *file, int line)
{
    if (result == 0)
        return;
    int error = result == -1 ? errno : result;
    (void)fprintf(stderr, "%s:%d: %s failed with error %d\n", file, line, call,
                  error);
    abort();
}
