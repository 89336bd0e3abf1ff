#include <unistd.h>

int answer(void)
{
    return unlink("/tmp/x"); //! uses `unlink`
}
