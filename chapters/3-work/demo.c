/* Ten workers, five hundred tasks. Each task is handed over by a thread of its
 * own, prints a name and takes a second: ten at a time, fifty seconds in all.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "logline.h"
#include "work.h"

enum { WORKERS = 10, ROUNDS = 100, NAMES = 5, EXIT_TROUBLE = 4 };

struct name {
    const char *text;
};

static struct name names[NAMES] = {
    {"steve"}, {"bob"}, {"mary"}, {"therese"}, {"jason"}};

static void print_name(void *arg)
{
    struct timespec left = {.tv_sec = 1};

    log_line("%s", ((const struct name *)arg)->text);
    while (nanosleep(&left, &left) != 0)
        continue; /* a signal cut it short: go on */
}

/* One thread that hands over one task. Filled in before the thread starts. */
struct submitter {
    work_pool *w;
    struct name *name;
    pthread_t thread; /* main's */
};

static void *submit(void *arg)
{
    const struct submitter *submitter = arg;
    enum status status = work_run(submitter->w, print_name, submitter->name);

    if (status != ST_OK)
        (void)fprintf(stderr, "work_run: %s\n", status_str(status));
    return NULL;
}

/* How many of the submitters could be started. */
static int start(struct submitter submitters[], work_pool *w)
{
    for (int i = 0; i < ROUNDS * NAMES; i++) {
        struct submitter *submitter = &submitters[i];
        submitter->w = w;
        submitter->name = &names[i % NAMES];
        if (pthread_create(&submitter->thread, NULL, submit, submitter) != 0)
            return i;
    }
    return ROUNDS * NAMES;
}

int main(void)
{
    static struct submitter submitters[ROUNDS * NAMES];
    work_pool *w = NULL;

    enum status status = work_new(&w, WORKERS);
    if (status != ST_OK) {
        (void)fprintf(stderr, "work_new: %s\n", status_str(status));
        return EXIT_TROUBLE;
    }
    int started = start(submitters, w);
    for (int i = 0; i < started; i++)
        (void)pthread_join(submitters[i].thread, NULL);
    (void)work_shutdown(w); /* not from a task */
    work_free(w);
    return started == ROUNDS * NAMES ? EXIT_SUCCESS : EXIT_TROUBLE;
}
