#include <unistd.h>

int answer(void)
{
    return fork(); //! uses `fork`, which makes a second process
}
