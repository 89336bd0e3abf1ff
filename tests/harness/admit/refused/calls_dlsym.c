#include <dlfcn.h>

void *answer(void)
{
    return dlsym((void *)0, "exit"); //! uses `dlsym`
}
