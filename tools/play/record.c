#include "record.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUT, ERR, STREAMS };

/* Set by record_open(), then never changed. */
static int real[STREAMS];
static int files[STREAMS];

static bool replace(int stream, int number)
{
    files[stream] = memfd_create("printed", MFD_CLOEXEC);
    real[stream] = fcntl(number, F_DUPFD_CLOEXEC, 3);
    return files[stream] >= 0 && real[stream] >= 0 &&
           dup2(files[stream], number) == number;
}

bool record_open(void)
{
    return replace(OUT, STDOUT_FILENO) && replace(ERR, STDERR_FILENO);
}

void record_begin(void)
{
    for (int i = 0; i < STREAMS; i++) {
        (void)ftruncate(files[i], 0);
        (void)lseek(files[i], 0, SEEK_SET);
    }
}

static size_t size_of(int stream)
{
    struct stat about;

    return fstat(files[stream], &about) == 0 ? (size_t)about.st_size : 0;
}

size_t record_size(void)
{
    return size_of(OUT);
}

int record_stderr(void)
{
    return real[ERR];
}

static void put(int to, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = write(to, text, size);
        if (n <= 0)
            return; /* nobody reads any more */
        text += n;
        size -= (size_t)n;
    }
}

static void copy(int stream, int to, size_t size)
{
    enum { CHUNK = 1 << 16 };
    char chunk[CHUNK];
    size_t at = 0;

    while (at < size) {
        size_t left = size - at;
        ssize_t n =
            pread(files[stream], chunk, left < CHUNK ? left : CHUNK, (off_t)at);
        if (n <= 0)
            return;
        put(to, chunk, (size_t)n);
        at += (size_t)n;
    }
}

void record_tell(const struct record_end *end)
{
    size_t out = size_of(OUT);
    size_t err = size_of(ERR);

    (void)dprintf(real[OUT], "run %s %d %lld %d %zu %zu %zu %zu\n",
                  end->verdict, end->status, (long long)end->ns, end->typed,
                  out, err, strlen(end->schedule), strlen(end->message));
    copy(OUT, real[OUT], out);
    copy(ERR, real[OUT], err);
    put(real[OUT], end->schedule, strlen(end->schedule));
    put(real[OUT], end->message, strlen(end->message));
}

void record_tell_last(unsigned long schedules, bool complete)
{
    (void)dprintf(real[OUT], "end %lu %d\n", schedules, complete);
}

void record_copy(void)
{
    copy(OUT, real[OUT], size_of(OUT));
    copy(ERR, real[ERR], size_of(ERR));
}
