#include "logline.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { STAMP_SIZE = sizeof "2006/01/02 15:04:05", MESSAGE_SIZE = 201 };

void log_line(const char *format, ...)
{
    char stamp[STAMP_SIZE];
    char message[MESSAGE_SIZE];
    struct tm local;
    time_t now = time(NULL);

    if (localtime_r(&now, &local) == NULL ||
        strftime(stamp, sizeof stamp, "%Y/%m/%d %H:%M:%S", &local) == 0)
        return;

    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (length < 0)
        return;

    /* One printf is one line: stdio locks the stream for the whole call. */
    (void)printf("%s %s\n", stamp, message);
    (void)fflush(stdout);
}
