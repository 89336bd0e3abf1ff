#include <stdio.h>

int answer(void)
{
    return fopen("/tmp/x", "w") == NULL; //! uses `fopen`, which opens a file
}
