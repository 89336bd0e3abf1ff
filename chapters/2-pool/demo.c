/* Twenty-five threads ask a pool of two idle connections for one each. They all
 * come at once, so most connections are new, and all but two are closed again
 * when they come back. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "logline.h"
#include "pool.h"

enum { QUERIES = 25, IDLE = 2, LONGEST_MS = 1000, EXIT_TROUBLE = 4 };

struct connection {
    int id;
};

static atomic_int last_id; /* of the connection that was made last */

static enum status create_connection(void *ctx, void **resource)
{
    struct connection *connection = malloc(sizeof *connection);

    (void)ctx;
    if (connection == NULL)
        return ST_NOMEM;
    connection->id = atomic_fetch_add(&last_id, 1) + 1;
    log_line("Create: New Database Connection  %d", connection->id);
    *resource = connection;
    return ST_OK;
}

static void close_connection(void *ctx, void *resource)
{
    struct connection *connection = resource;

    (void)ctx;
    log_line("Close: Database Connection  %d", connection->id);
    free(connection);
}

/* One thread's query. Filled in before the thread starts, then its own. */
struct query {
    pool *p;
    int id;
    long milliseconds; /* how long it takes */
    pthread_t thread;  /* main's */
};

static void *perform_query(void *arg)
{
    const struct query *query = arg;
    struct timespec left = {.tv_nsec = query->milliseconds * 1000000};
    void *resource = NULL;

    enum status status = pool_acquire(query->p, &resource);
    if (status != ST_OK) {
        log_line("%s", status_str(status));
        return NULL;
    }
    while (nanosleep(&left, &left) != 0)
        continue; /* a signal cut it short: go on */
    log_line("Query : QID[%d] CID[%d]", query->id,
             ((const struct connection *)resource)->id);
    (void)pool_release(query->p, resource); /* it cannot fail */
    return NULL;
}

/* rand() is not made for several threads, so all times are drawn here, before
 * the first thread starts. */
static void prepare(struct query queries[], pool *p)
{
    // NOLINTBEGIN(cert-msc*,concurrency-mt-unsafe): one thread, and no secret
    srand((unsigned)time(NULL));
    for (int i = 0; i < QUERIES; i++) {
        queries[i].p = p;
        queries[i].id = i;
        queries[i].milliseconds = rand() % LONGEST_MS;
    }
    // NOLINTEND(cert-msc*,concurrency-mt-unsafe)
}

/* How many of the queries could be started. */
static int start(struct query queries[])
{
    for (int i = 0; i < QUERIES; i++) {
        struct query *query = &queries[i];
        if (pthread_create(&query->thread, NULL, perform_query, query) != 0)
            return i;
    }
    return QUERIES;
}

int main(void)
{
    const struct pool_ops ops = {create_connection, close_connection};
    struct query queries[QUERIES];
    pool *p = NULL;

    enum status status = pool_new(&p, &ops, NULL, IDLE);
    if (status != ST_OK) {
        (void)fprintf(stderr, "pool_new: %s\n", status_str(status));
        return EXIT_TROUBLE;
    }
    prepare(queries, p);
    int started = start(queries);
    for (int i = 0; i < started; i++)
        (void)pthread_join(queries[i].thread, NULL);
    log_line("Program is done");
    (void)pool_close(p); /* the first close, and not from a callback */
    pool_free(p);
    return started == QUERIES ? EXIT_SUCCESS : EXIT_TROUBLE;
}
