/* An object that owns a thread. The thread uses the object, so the
 * object's memory goes only after the thread has been joined; and a
 * thread that was never created is not joined. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

struct reader {
    pthread_t thread;
    bool is_reading; /* owner's thread only: it is to be joined */
    long lines;      /* the reader's own until it is joined */
};

static void *read_all(void *arg)
{
    struct reader *reader = arg;

    for (int i = 0; i < 1000; i++)
        reader->lines++;
    return NULL;
}

/* 0, or the error number: pthread_create() returns it, errno is as it
 * was. */
static int reader_begin(struct reader *reader)
{
    int failure =
        pthread_create(&reader->thread, NULL, read_all, reader);

    if (failure == 0)
        reader->is_reading = true;
    return failure;
}

static void reader_end(struct reader *reader)
{
    if (!reader->is_reading)
        return;
    MUST(pthread_join(reader->thread, NULL));
    printf("the reader has read %ld lines\n", reader->lines);
}

int main(void)
{
    struct reader *never_begun = calloc(1, sizeof *never_begun);
    struct reader *reader = calloc(1, sizeof *reader);

    if (never_begun != NULL && reader != NULL &&
        reader_begin(reader) == 0) {
        reader_end(reader);
        reader_end(never_begun);
    }
    free(reader);
    free(never_begun);
    return EXIT_SUCCESS;
}
