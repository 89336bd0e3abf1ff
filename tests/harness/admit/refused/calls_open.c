#include <fcntl.h>

int answer(void)
{
    return open("/tmp/x", O_RDONLY); //! uses `open`
}
