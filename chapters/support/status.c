#include "status.h"

#include <errno.h>

const char *status_str(enum status s)
{
    switch (s) {
    case ST_OK:
        return "ok";
    case ST_CLOSED:
        return "closed";
    case ST_AGAIN:
        return "would have to wait";
    case ST_TIMEDOUT:
        return "timed out";
    case ST_INTERRUPTED:
        return "interrupted";
    case ST_INVALID:
        return "invalid call";
    case ST_NOMEM:
        return "out of memory";
    case ST_SYS:
        return "the system refused";
    case ST_TODO:
        return "step not written yet";
    }
    return "unknown status";
}

enum status status_of_error(int error)
{
    if (error == 0)
        return ST_OK;
    return error == ENOMEM ? ST_NOMEM : ST_SYS;
}
