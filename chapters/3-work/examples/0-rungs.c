/* Parts of different kinds: to destroy a lock that was never made is an error,
 * so each failure gives back what is below it on the ladder, and no more. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"
#include "status.h"

enum { CELLS = 4 };

struct table {
    pthread_mutex_t lock;   /* guards the cells */
    pthread_cond_t changed; /* signalled when a cell is set */
    long *cells;            /* owned */
};

static enum status table_init(struct table *table, size_t cells)
{
    int error = pthread_mutex_init(&table->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&table->changed, NULL);
    if (error != 0)
        goto no_condition;
    table->cells = calloc(cells, sizeof *table->cells);
    if (table->cells != NULL)
        return ST_OK;
    error = ENOMEM;
    MUST(pthread_cond_destroy(&table->changed));
no_condition:
    MUST(pthread_mutex_destroy(&table->lock));
    return status_of_error(error);
}

/* For a whole one. */
static void table_destroy(struct table *table)
{
    free(table->cells);
    MUST(pthread_cond_destroy(&table->changed));
    MUST(pthread_mutex_destroy(&table->lock));
}

int main(void)
{
    struct table table;
    enum status status = table_init(&table, CELLS);

    printf("%d cells: %s\n", CELLS, status_str(status));
    if (status != ST_OK)
        return EXIT_FAILURE;
    table_destroy(&table);
    return EXIT_SUCCESS;
}
