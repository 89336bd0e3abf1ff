#include <setjmp.h>

void leave(jmp_buf place)
{
    longjmp(place, 1); //! uses `longjmp`
}
