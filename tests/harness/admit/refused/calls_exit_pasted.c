#include <stdlib.h>
#define GLUE(a, b) a##b

int answer(int n)
{
    GLUE(ex, it)(n); //! line 6: uses `exit`
}
