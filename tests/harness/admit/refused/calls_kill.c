#include <signal.h>
#include <sys/types.h>

int answer(void)
{
    return kill(1, SIGINT); //! uses `kill`, which signals whole processes
}
