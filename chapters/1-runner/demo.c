/* Three tasks under a deadline of three seconds. Task `id` takes id seconds, so
 * the last one ends at the very instant of the deadline: the run times out.
 * Press Ctrl-C while it runs to see the other ending. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "logline.h"
#include "runner.h"

enum { TASKS = 3, EXIT_TIMEOUT = 1, EXIT_INTERRUPT = 2, EXIT_TROUBLE = 4 };

static const struct timespec TIMEOUT = {.tv_sec = 3};

static void job(int id, void *arg)
{
    struct timespec left = {.tv_sec = id};

    (void)arg;
    log_line("Process - JOB #%d Start.", id);
    while (nanosleep(&left, &left) != 0) /* cut short: go on */
        continue;
    log_line("Process - JOB #%d Finish.", id);
}

/* A runner with its tasks; NULL when there is no memory for it. */
static runner *prepare(void)
{
    runner *r = NULL;

    if (runner_new(&r, TIMEOUT) != ST_OK)
        return NULL;
    for (int i = 0; i < TASKS; i++) {
        if (runner_add(r, job, NULL) != ST_OK) {
            runner_free(r);
            return NULL;
        }
    }
    return r;
}

int main(void)
{
    log_line("작업 시작!");
    runner *r = prepare();
    if (r == NULL)
        return EXIT_TROUBLE;

    /* After a timeout a task may still run. The program ends without
     * runner_free(): the process takes everything with it. */
    enum status status = runner_start(r);
    if (status == ST_TIMEDOUT) {
        log_line("작업 시간 초과");
        return EXIT_TIMEOUT;
    }
    runner_free(r);
    if (status == ST_INTERRUPTED) {
        log_line("인터럽트 에러 발생");
        return EXIT_INTERRUPT;
    }
    if (status != ST_OK) {
        (void)fprintf(stderr, "runner_start: %s\n", status_str(status));
        return EXIT_TROUBLE;
    }
    log_line("작업 종료!");
    return EXIT_SUCCESS;
}
