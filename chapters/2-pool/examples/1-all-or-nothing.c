/* An object of three parts. Each part may fail to be had; then those that were
 * had before are given back, and whoever asked is left with nothing to clean
 * up. */
#include <stdio.h>
#include <stdlib.h>

#include "status.h"

enum { LONGEST = 80 };

struct reader {
    char *line; /* owned, room for LONGEST bytes */
    FILE *file; /* owned */
};

static void reader_free(struct reader *reader)
{
    if (reader->file != NULL)
        (void)fclose(reader->file); /* it was only read */
    free(reader->line);             /* free(NULL) does nothing */
    free(reader);
}

static enum status reader_new(struct reader **out, const char *path)
{
    struct reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL)
        return ST_NOMEM;
    reader->line = calloc(LONGEST, sizeof *reader->line);
    reader->file = fopen(path, "r");
    if (reader->line == NULL || reader->file == NULL) {
        enum status status = reader->line == NULL ? ST_NOMEM : ST_SYS;
        reader_free(reader); /* whatever there is of it */
        return status;
    }
    *out = reader; /* the last thing: the caller gets all or nothing */
    return ST_OK;
}

int main(void)
{
    static const char *const paths[] = {"/dev/null", "/no/such/file"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct reader *reader = NULL;
        enum status status = reader_new(&reader, paths[i]);
        printf("%s: %s\n", paths[i], status_str(status));
        if (status == ST_OK)
            reader_free(reader);
    }
    return EXIT_SUCCESS;
}
