#include <unistd.h>

int answer(void)
{
    return execl("/bin/true", "true", (char *)0); //! uses `execl`
}
