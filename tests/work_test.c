/* Graded tests of chapter 3. What each must show stands in work.h. */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness.h"
#include "work.h"

enum { WORKERS = 3, SUBMITTERS = 4, TASKS = 25, CALLERS = 3 };

static work_pool *make(size_t threads)
{
    work_pool *w = NULL;

    CU_ASSERT_EQUAL_FATAL(work_new(&w, threads), ST_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

static void run(work_pool *w, work_task *task, void *arg)
{
    CU_ASSERT_EQUAL(work_run(w, task, arg), ST_OK);
}

static void shut_down(work_pool *w)
{
    CU_ASSERT_EQUAL(work_shutdown(w), ST_OK);
}

/* A task that a test can hold up. */
struct held {
    struct harness_gate entered; /* opened by the task when it begins */
    struct harness_gate gate;    /* where it waits */
    int ended;                   /* plain: read after the worker was joined */
};

#define HELD_INIT                                                              \
    {                                                                          \
        HARNESS_GATE_INIT, HARNESS_GATE_INIT, 0                                \
    }

static void hold(void *arg)
{
    struct held *held = arg;

    harness_gate_open(&held->entered);
    harness_gate_wait(&held->gate);
    held->ended++;
}

/* A thread in work_run(). */
struct submitter {
    work_pool *w;
    work_task *task;
    void *arg;
    enum status result;
};

static void *submit(void *arg)
{
    struct submitter *submitter = arg;

    submitter->result = work_run(submitter->w, submitter->task, submitter->arg);
    return NULL;
}

static void count(void *arg)
{
    (*(int *)arg)++;
}

static void *wait_at(void *arg)
{
    harness_gate_wait(arg);
    return NULL;
}

/* Wait until every thread but the caller sleeps. */
static void until_all_sleep(void)
{
    struct harness_gate gate = HARNESS_GATE_INIT;
    pthread_t sleeper = harness_start(wait_at, &gate);

    CU_ASSERT_TRUE_FATAL(harness_until_blocked(sleeper));
    harness_gate_open(&gate);
    harness_join(sleeper);
}

/* work.1 */

static void zero_threads_is_refused(void)
{
    work_pool *w = NULL;

    CU_ASSERT_EQUAL(work_new(&w, 0), ST_INVALID);
    CU_ASSERT_PTR_NULL(w);
    work_free(NULL);
}

static void no_memory_is_told(void)
{
    for (unsigned nth = 1; nth <= 2; nth++) {
        work_pool *w = NULL;
        unsigned long before = harness_allocations();
        harness_fail_allocation(nth);
        enum status status = work_new(&w, 1);
        harness_fail_allocation(0);
        if (harness_allocations() - before >= nth) {
            CU_ASSERT_EQUAL_FATAL(status, ST_NOMEM);
            CU_ASSERT_PTR_NULL(w);
            continue;
        }
        work_free(w); /* it needed fewer */
        break;
    }
}

/* Each of its initialisations of a lock or condition fails once; so it is told,
 * and what the others made is given back: a lock left behind is a leak. */
static void no_lock_is_told(void)
{
    for (unsigned nth = 1;; nth++) {
        work_pool *w = NULL;
        unsigned long before = harness_inits();
        harness_fail_init(nth);
        enum status status = work_new(&w, 1);
        harness_fail_init(0);
        if (harness_inits() - before >= nth) {
            CU_ASSERT_TRUE_FATAL(status == ST_NOMEM || status == ST_SYS);
            CU_ASSERT_PTR_NULL(w);
            continue;
        }
        work_free(w); /* it needed fewer */
        break;
    }
}

/* work.2 */

static void new_starts_the_workers(void)
{
    unsigned long before = harness_thread_creates();
    work_pool *w = make(WORKERS);

    CU_ASSERT_EQUAL(harness_thread_creates() - before, WORKERS);
    work_free(w);
}

static void shutdown_joins_idle_workers(void)
{
    work_pool *w = make(WORKERS);

    shut_down(w);
    CU_ASSERT_EQUAL(harness_live_threads(), 0);
    work_free(w);
}

static void failure_halfway_leaves_nothing(void)
{
    for (unsigned nth = 1; nth <= WORKERS; nth++) {
        work_pool *w = NULL;
        harness_fail_thread_create(nth);
        CU_ASSERT_EQUAL(work_new(&w, WORKERS), ST_SYS);
        CU_ASSERT_PTR_NULL(w); /* a thread left behind is a leak */
    }
    harness_fail_thread_create(0);
}

/* work.3 */

static void idle_workers_sleep(void)
{
    work_pool *w = make(WORKERS);

    until_all_sleep();
    CU_ASSERT_EQUAL(harness_live_threads(), WORKERS);
    shut_down(w);
    CU_ASSERT_EQUAL(harness_live_threads(), 0);
    work_free(w);
}

/* work.4 */

static void task_runs_with_its_argument(void)
{
    work_pool *w = make(1);
    int runs = 0;

    run(w, count, &runs);
    run(w, count, &runs);
    CU_ASSERT_EQUAL(work_run(w, NULL, NULL), ST_INVALID);
    shut_down(w);
    CU_ASSERT_EQUAL(runs, 2);
    work_free(w);
}

static void note_thread(void *arg)
{
    *(pthread_t *)arg = pthread_self();
}

static void task_runs_on_a_worker(void)
{
    work_pool *w = make(1);
    pthread_t ran_on[2] = {pthread_self(), pthread_self()};

    run(w, note_thread, &ran_on[0]);
    run(w, note_thread, &ran_on[1]);
    shut_down(w);
    CU_ASSERT_FALSE(pthread_equal(ran_on[0], pthread_self()));
    CU_ASSERT_TRUE(pthread_equal(ran_on[0], ran_on[1]));
    work_free(w);
}

static void run_does_not_wait_for_the_end(void)
{
    work_pool *w = make(1);
    struct held held = HELD_INIT;

    run(w, hold, &held); /* the task cannot end before this returns */
    harness_gate_open(&held.gate);
    shut_down(w);
    CU_ASSERT_EQUAL(held.ended, 1);
    work_free(w);
}

static void run_blocks_while_all_are_busy(void)
{
    work_pool *w = make(2);
    struct held one = HELD_INIT;
    struct held two = HELD_INIT;
    int runs = 0;
    struct submitter submitter = {w, count, &runs, ST_TODO};

    run(w, hold, &one);
    run(w, hold, &two);
    pthread_t thread = harness_start(submit, &submitter);
    CU_ASSERT_TRUE_FATAL(
        harness_until_blocked(thread)); /* handed over, not queued */
    harness_gate_open(&one.gate);
    harness_join(thread);
    CU_ASSERT_EQUAL(submitter.result, ST_OK);
    harness_gate_open(&two.gate);
    shut_down(w);
    CU_ASSERT_EQUAL(runs, 1);
    work_free(w);
}

static pthread_barrier_t meeting;

static void meet(void *arg)
{
    (void)arg;
    (void)pthread_barrier_wait(&meeting);
}

static void tasks_run_at_the_same_time(void)
{
    work_pool *w = make(WORKERS);

    CU_ASSERT_EQUAL_FATAL(pthread_barrier_init(&meeting, NULL, WORKERS), 0);
    for (int i = 0; i < WORKERS; i++)
        run(w, meet, NULL); /* each task waits for all the others */
    shut_down(w);
    CU_ASSERT_EQUAL(pthread_barrier_destroy(&meeting), 0);
    work_free(w);
}

/* How many tasks run at this moment, and how many ran at most. */
static struct {
    pthread_mutex_t lock; /* guards both */
    int now;
    int most;
} running = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void run_counted(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&running.lock);
    running.now++;
    if (running.now > running.most)
        running.most = running.now;
    pthread_mutex_unlock(&running.lock);
    pthread_mutex_lock(&running.lock);
    running.now--;
    pthread_mutex_unlock(&running.lock);
}

static void *submit_many_counted(void *arg)
{
    for (int i = 0; i < TASKS; i++)
        CU_ASSERT_EQUAL(work_run(arg, run_counted, NULL), ST_OK);
    return NULL;
}

static void no_more_than_the_workers_at_once(void)
{
    work_pool *w = make(2);
    pthread_t thread[SUBMITTERS];

    for (int i = 0; i < SUBMITTERS; i++)
        thread[i] = harness_start(submit_many_counted, w);
    for (int i = 0; i < SUBMITTERS; i++)
        harness_join(thread[i]);
    shut_down(w);
    CU_ASSERT_TRUE(running.most >= 1 && running.most <= 2);
    work_free(w);
}

/* Plain counters, one per task: to run one twice, or to hand it over without
 * the submitter's writes being seen, is found. */
struct batch {
    work_pool *w;
    int runs[TASKS];
};

static void *submit_batch(void *arg)
{
    struct batch *batch = arg;

    for (int i = 0; i < TASKS; i++) {
        batch->runs[i] = 10;
        CU_ASSERT_EQUAL(work_run(batch->w, count, &batch->runs[i]), ST_OK);
    }
    return NULL;
}

static void every_task_runs_once(void)
{
    work_pool *w = make(WORKERS);
    static struct batch batch[SUBMITTERS];
    pthread_t thread[SUBMITTERS];

    for (int i = 0; i < SUBMITTERS; i++) {
        batch[i].w = w;
        thread[i] = harness_start(submit_batch, &batch[i]);
    }
    for (int i = 0; i < SUBMITTERS; i++)
        harness_join(thread[i]);
    shut_down(w);
    for (int i = 0; i < SUBMITTERS; i++)
        for (int task = 0; task < TASKS; task++)
            CU_ASSERT_EQUAL(batch[i].runs[task], 11);
    work_free(w);
}

static struct {
    int order[CALLERS]; /* written by the one worker */
    int length;
} taken;

static void note_order(void *arg)
{
    taken.order[taken.length] = *(int *)arg;
    taken.length++;
}

static void first_offered_is_first_taken(void)
{
    work_pool *w = make(1);
    struct held held = HELD_INIT;
    int number[CALLERS];
    struct submitter submitter[CALLERS];
    pthread_t thread[CALLERS];

    run(w, hold, &held);
    for (int i = 0; i < CALLERS; i++) {
        number[i] = i;
        submitter[i] = (struct submitter){w, note_order, &number[i], ST_TODO};
        thread[i] = harness_start(submit, &submitter[i]);
        CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread[i]));
    }
    harness_gate_open(&held.gate);
    for (int i = 0; i < CALLERS; i++)
        harness_join(thread[i]);
    shut_down(w);
    CU_ASSERT_EQUAL_FATAL(taken.length, CALLERS);
    for (int i = 0; i < CALLERS; i++)
        CU_ASSERT_EQUAL(taken.order[i], i);
    work_free(w);
}

struct nested {
    work_pool *w;
    int runs;
    enum status result;
};

static void submit_from_task(void *arg)
{
    struct nested *nested = arg;

    nested->result = work_run(nested->w, count, &nested->runs);
}

static void task_may_hand_over_a_task(void)
{
    struct nested nested = {make(2), 0, ST_TODO};

    run(nested.w, submit_from_task, &nested);
    until_all_sleep();
    shut_down(nested.w);
    CU_ASSERT_EQUAL(nested.result, ST_OK);
    CU_ASSERT_EQUAL(nested.runs, 1);
    work_free(nested.w);
}

/* A design may need a lock or a condition for each call; when there is none to
 * be had, the task is not taken. */
static void run_that_gets_no_lock_is_told(void)
{
    work_pool *w = make(1);
    int runs = 0;

    run(w, count, &runs);
    until_all_sleep(); /* the workers have all that they need */
    unsigned long before = harness_inits();
    harness_fail_init(1);
    enum status status = work_run(w, count, &runs);
    harness_fail_init(0);
    if (harness_inits() == before) /* it needed none */
        CU_ASSERT_EQUAL(status, ST_OK);
    else
        CU_ASSERT_TRUE(status == ST_NOMEM || status == ST_SYS);
    shut_down(w);
    CU_ASSERT_EQUAL(runs, status == ST_OK ? 2 : 1);
    work_free(w);
}

/* work.5 */

static void *stop(void *arg)
{
    CU_ASSERT_EQUAL(work_shutdown(arg), ST_OK);
    return NULL;
}

static void blocked_submitters_are_told(void)
{
    work_pool *w = make(1);
    struct held held = HELD_INIT;
    int runs = 0;
    struct submitter submitter[CALLERS];
    pthread_t thread[CALLERS];

    run(w, hold, &held);
    for (int i = 0; i < CALLERS; i++) {
        submitter[i] = (struct submitter){w, count, &runs, ST_TODO};
        thread[i] = harness_start(submit, &submitter[i]);
        CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread[i]));
    }
    pthread_t stopper = harness_start(stop, w);
    for (int i = 0; i < CALLERS; i++) { /* while the task still runs */
        harness_join(thread[i]);
        CU_ASSERT_EQUAL(submitter[i].result, ST_CLOSED);
    }
    harness_gate_open(&held.gate);
    harness_join(stopper);
    CU_ASSERT_EQUAL(held.ended, 1);
    CU_ASSERT_EQUAL(runs, 0);
    work_free(w);
}

static void late_submitter_is_told(void)
{
    work_pool *w = make(1);
    int runs = 0;

    shut_down(w);
    CU_ASSERT_EQUAL(work_run(w, count, &runs), ST_CLOSED);
    CU_ASSERT_EQUAL(runs, 0);
    work_free(w);
}

static void shutdown_waits_for_taken_tasks(void)
{
    work_pool *w = make(2);
    struct held held = HELD_INIT;

    run(w, hold, &held);
    pthread_t stopper = harness_start(stop, w);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(stopper));
    harness_gate_open(&held.gate);
    harness_join(stopper);
    CU_ASSERT_EQUAL(held.ended, 1);
    CU_ASSERT_EQUAL(harness_live_threads(), 0);
    work_free(w);
}

/* Submitters and the shutdown at once: a task runs if and only if its submitter
 * was told so, and nobody waits for ever. */
static void shutdown_meets_submitters(void)
{
    work_pool *w = make(2);
    int runs[CALLERS] = {0};
    struct submitter submitter[CALLERS];
    pthread_t thread[CALLERS];

    for (int i = 0; i < CALLERS; i++) {
        submitter[i] = (struct submitter){w, count, &runs[i], ST_TODO};
        thread[i] = harness_start(submit, &submitter[i]);
    }
    shut_down(w);
    for (int i = 0; i < CALLERS; i++) {
        harness_join(thread[i]);
        CU_ASSERT_TRUE(submitter[i].result == ST_OK ||
                       submitter[i].result == ST_CLOSED);
        CU_ASSERT_EQUAL(runs[i], submitter[i].result == ST_OK);
    }
    work_free(w);
}

/* work.6 */

static void shut_down_from_task(void *arg)
{
    struct nested *nested = arg;

    nested->result = work_shutdown(nested->w);
}

static void shutdown_from_a_task_is_refused(void)
{
    struct nested nested = {make(2), 0, ST_TODO};

    run(nested.w, shut_down_from_task, &nested);
    until_all_sleep();
    run(nested.w, count, &nested.runs); /* nothing has changed */
    shut_down(nested.w);
    CU_ASSERT_EQUAL(nested.result, ST_INVALID);
    CU_ASSERT_EQUAL(nested.runs, 1);
    work_free(nested.w);
}

/* The system may give a new thread the id of a worker that has been joined. */
static void later_thread_is_no_worker(void)
{
    work_pool *w = make(WORKERS);

    shut_down(w);
    harness_join(harness_start(stop, w));
    work_free(w);
}

/* work.7 */

static void shutdown_twice_is_allowed(void)
{
    work_pool *w = make(2);

    shut_down(w);
    shut_down(w);
    work_free(w);
}

static void second_shutdown_waits_for_the_first(void)
{
    work_pool *w = make(1);
    struct held held = HELD_INIT;

    run(w, hold, &held);
    pthread_t first = harness_start(stop, w);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(first));
    pthread_t second = harness_start(stop, w);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(second));
    harness_gate_open(&held.gate);
    harness_join(second);
    CU_ASSERT_EQUAL(harness_live_threads(), 0);
    harness_join(first);
    CU_ASSERT_EQUAL(held.ended, 1);
    work_free(w);
}

static void *stop_and_look(void *arg)
{
    CU_ASSERT_EQUAL(work_shutdown(arg), ST_OK);
    CU_ASSERT_EQUAL(harness_live_threads(), 0);
    return NULL;
}

static void every_shutdown_returns_when_all_have_ended(void)
{
    work_pool *w = make(2);
    pthread_t stopper[CALLERS];

    for (int i = 0; i < CALLERS; i++)
        stopper[i] = harness_start(stop_and_look, w);
    for (int i = 0; i < CALLERS; i++)
        harness_join(stopper[i]);
    work_free(w);
}

static void each_waiting_shutdown_is_woken(void)
{
    work_pool *w = make(1);
    struct held held = HELD_INIT;
    pthread_t stopper[CALLERS];

    run(w, hold, &held);
    for (int i = 0; i < CALLERS; i++) {
        stopper[i] = harness_start(stop, w);
        CU_ASSERT_TRUE_FATAL(harness_until_blocked(stopper[i]));
    }
    harness_gate_open(&held.gate);
    for (int i = 0; i < CALLERS; i++)
        harness_join(stopper[i]);
    work_free(w);
}

static const CU_TestInfo tests[] = {
    {"zero_threads_is_refused", zero_threads_is_refused},
    {"no_memory_is_told", no_memory_is_told},
    {"no_lock_is_told", no_lock_is_told},
    {"new_starts_the_workers", new_starts_the_workers},
    {"shutdown_joins_idle_workers", shutdown_joins_idle_workers},
    {"failure_halfway_leaves_nothing", failure_halfway_leaves_nothing},
    {"idle_workers_sleep", idle_workers_sleep},
    {"task_runs_with_its_argument", task_runs_with_its_argument},
    {"task_runs_on_a_worker", task_runs_on_a_worker},
    {"run_does_not_wait_for_the_end", run_does_not_wait_for_the_end},
    {"run_blocks_while_all_are_busy", run_blocks_while_all_are_busy},
    {"tasks_run_at_the_same_time", tasks_run_at_the_same_time},
    {"no_more_than_the_workers_at_once", no_more_than_the_workers_at_once},
    {"every_task_runs_once", every_task_runs_once},
    {"first_offered_is_first_taken", first_offered_is_first_taken},
    {"task_may_hand_over_a_task", task_may_hand_over_a_task},
    {"run_that_gets_no_lock_is_told", run_that_gets_no_lock_is_told},
    {"blocked_submitters_are_told", blocked_submitters_are_told},
    {"late_submitter_is_told", late_submitter_is_told},
    {"shutdown_waits_for_taken_tasks", shutdown_waits_for_taken_tasks},
    {"shutdown_meets_submitters", shutdown_meets_submitters},
    {"shutdown_from_a_task_is_refused", shutdown_from_a_task_is_refused},
    {"later_thread_is_no_worker", later_thread_is_no_worker},
    {"shutdown_twice_is_allowed", shutdown_twice_is_allowed},
    {"second_shutdown_waits_for_the_first",
     second_shutdown_waits_for_the_first},
    {"every_shutdown_returns_when_all_have_ended",
     every_shutdown_returns_when_all_have_ended},
    {"each_waiting_shutdown_is_woken", each_waiting_shutdown_is_woken},
    CU_TEST_INFO_NULL,
};

const struct harness_suite harness_suite = {"work", tests};
