#include <sys/ptrace.h>

long answer(void)
{
    return ptrace(PTRACE_TRACEME, 0, 0, 0); //! uses `ptrace`
}
