#include <stdlib.h>

int answer(void)
{
    return system("true"); //! uses `system`
}
