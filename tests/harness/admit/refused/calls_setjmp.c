#include <setjmp.h>

static jmp_buf place;

int answer(void)
{
    return setjmp(place); //! setjmp
}
