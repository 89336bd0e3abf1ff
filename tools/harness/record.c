#include "record.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 1024, NONCE_SIZE = 64, FIRST_PRIVATE = 200 };

static int record = -1;
static bool muted; /* set while there is one thread */
static char closing[NONCE_SIZE];

int record_move_up(int descriptor)
{
    int high = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_PRIVATE);

    (void)close(descriptor);
    return high;
}

int record_open(const char *path, const char *nonce)
{
    int low = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (low == -1)
        return -1;
    record = record_move_up(low);
    (void)snprintf(closing, sizeof closing, "%s", nonce);
    return record == -1 ? -1 : 0;
}

void record_to(int descriptor)
{
    record = descriptor;
}

void record_line(const char *kind, const char *format, ...)
{
    char line[LINE_SIZE];

    if (muted)
        return;
    int used = snprintf(line, sizeof line, "%s\t", kind);
    va_list args;

    va_start(args, format);
    int more = vsnprintf(line + used, sizeof line - (size_t)used, format, args);
    va_end(args);
    size_t length = (size_t)used + (size_t)(more > 0 ? more : 0);
    if (length > sizeof line - 2)
        length = sizeof line - 2;
    line[length] = '\n';
    if (write(record, line, length + 1) != (ssize_t)length + 1)
        _exit(RECORD_EXIT_LOST);
}

void record_mute(bool mute)
{
    muted = mute;
}

bool record_is_mute(void)
{
    return muted;
}

void record_end(void)
{
    record_line("end", "%s", closing);
    _exit(0);
}
