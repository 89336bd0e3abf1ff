/* Graded tests of chapter 1. What each must show stands in runner.h. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness.h"
#include "runner.h"

enum { MANY = 100, SHORT_MS = 40, PAST_MS = 80 };

static const struct timespec AN_HOUR = {.tv_sec = 3600};

static struct timespec milliseconds(long ms)
{
    return (struct timespec){ms / 1000, ms % 1000 * 1000000};
}

static runner *make(struct timespec timeout)
{
    runner *r = NULL;

    CU_ASSERT_EQUAL_FATAL(runner_new(&r, timeout), ST_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    return r;
}

static void add(runner *r, runner_task *task, void *arg)
{
    CU_ASSERT_EQUAL_FATAL(runner_add(r, task, arg), ST_OK);
}

static void do_nothing(int id, void *arg)
{
    (void)id;
    (void)arg;
}

/* What tasks leave behind. Plain members: the runner must order the tasks one
 * after the other, and before the caller goes on. */
struct trace {
    int count;
    int ids[MANY];
    void *args[MANY];
    pthread_t threads[MANY];
    struct harness_gate entered;
    struct harness_gate gate;
};

/* Static: a task may outlive the function that started it. */
static struct trace trace = {.entered = HARNESS_GATE_INIT,
                             .gate = HARNESS_GATE_INIT};

static void note(int id, void *arg)
{
    trace.ids[trace.count] = id;
    trace.args[trace.count] = arg;
    trace.threads[trace.count] = pthread_self();
    trace.count++;
}

static void wait_at_gate(int id, void *arg)
{
    harness_gate_open(&trace.entered);
    harness_gate_wait(&trace.gate);
    note(id, arg);
}

static void interrupt_then_note(int id, void *arg)
{
    harness_interrupt();
    note(id, arg);
}

/* runner.1 */

static void new_gives_a_runner(void)
{
    runner_free(make(AN_HOUR));
    runner_free(make((struct timespec){0}));
    runner_free(NULL);
}

static void bad_timeout_is_refused(void)
{
    const struct timespec bad[] = {{-1, 0}, {0, -1}, {0, 1000000000}};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        runner *r = NULL;
        CU_ASSERT_EQUAL(runner_new(&r, bad[i]), ST_INVALID);
        CU_ASSERT_PTR_NULL(r);
    }
}

static void no_memory_is_told(void)
{
    runner *r = NULL;

    harness_fail_allocation(1);
    CU_ASSERT_EQUAL(runner_new(&r, AN_HOUR), ST_NOMEM);
    harness_fail_allocation(0);
    CU_ASSERT_PTR_NULL(r);
}

/* Each of its initialisations of a lock or condition fails once; so it is told,
 * and what the others made is given back: a lock left behind is a leak. */
static void no_lock_is_told(void)
{
    for (unsigned nth = 1;; nth++) {
        runner *r = NULL;
        unsigned long before = harness_inits();
        harness_fail_init(nth);
        enum status status = runner_new(&r, AN_HOUR);
        harness_fail_init(0);
        if (harness_inits() - before >= nth) {
            CU_ASSERT_TRUE_FATAL(status == ST_NOMEM || status == ST_SYS);
            CU_ASSERT_PTR_NULL(r);
            continue;
        }
        CU_ASSERT_EQUAL_FATAL(status, ST_OK); /* it needed fewer */
        runner_free(r);
        break;
    }
}

/* runner.2 */

static void many_tasks_can_be_added(void)
{
    runner *r = make(AN_HOUR);

    for (int i = 0; i < MANY; i++)
        CU_ASSERT_EQUAL(runner_add(r, do_nothing, NULL), ST_OK);
    runner_free(r);
}

static void missing_task_is_refused(void)
{
    runner *r = make(AN_HOUR);

    CU_ASSERT_EQUAL(runner_add(r, NULL, NULL), ST_INVALID);
    runner_free(r);
}

/* runner.3 */

static void task_thread_is_created_and_joined(void)
{
    runner *r = make(AN_HOUR);
    unsigned long before = harness_thread_creates();

    add(r, do_nothing, NULL);
    (void)runner_start(r);
    CU_ASSERT_TRUE(harness_thread_creates() > before);
    runner_free(r);
    CU_ASSERT_EQUAL(harness_live_threads(), 0);
}

static void no_thread_is_told(void)
{
    runner *r = make(AN_HOUR);

    add(r, note, NULL);
    harness_fail_thread_create(1);
    CU_ASSERT_EQUAL(runner_start(r), ST_SYS);
    harness_fail_thread_create(0);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 0);
}

static void second_start_is_refused(void)
{
    runner *r = make(AN_HOUR);

    (void)runner_start(r);
    CU_ASSERT_EQUAL(runner_start(r), ST_INVALID);
    CU_ASSERT_EQUAL(runner_add(r, do_nothing, NULL), ST_INVALID);
    runner_free(r);
}

/* runner.4 */

static void tasks_run_in_order_with_ids(void)
{
    static int args[MANY];
    runner *r = make(AN_HOUR);

    for (int i = 0; i < MANY; i++)
        add(r, note, &args[i]);
    (void)runner_start(r);
    runner_free(r); /* whatever start returned, the tasks have ended now */
    CU_ASSERT_EQUAL(trace.count, MANY);
    for (int i = 0; i < trace.count; i++) {
        CU_ASSERT_EQUAL(trace.ids[i], i);
        CU_ASSERT_PTR_EQUAL(trace.args[i], &args[i]);
    }
}

static void tasks_share_a_thread_of_their_own(void)
{
    runner *r = make(AN_HOUR);

    for (int i = 0; i < 3; i++)
        add(r, note, NULL);
    (void)runner_start(r);
    runner_free(r);
    CU_ASSERT_EQUAL_FATAL(trace.count, 3);
    CU_ASSERT_FALSE(pthread_equal(trace.threads[0], pthread_self()));
    CU_ASSERT_TRUE(pthread_equal(trace.threads[0], trace.threads[1]));
    CU_ASSERT_TRUE(pthread_equal(trace.threads[0], trace.threads[2]));
}

static void failed_add_keeps_the_tasks(void)
{
    runner *r = make(AN_HOUR);
    int added = 0;

    harness_fail_allocation(1);
    while (added < MANY && runner_add(r, note, NULL) == ST_OK)
        added++;
    harness_fail_allocation(0);
    while (added < MANY && runner_add(r, note, NULL) == ST_OK)
        added++;
    (void)runner_start(r);
    runner_free(r);
    CU_ASSERT_EQUAL(added, MANY);
    CU_ASSERT_EQUAL(trace.count, MANY);
}

/* runner.5 */

static void all_tasks_ended_is_ok(void)
{
    runner *r = make(AN_HOUR);

    for (int i = 0; i < 3; i++)
        add(r, note, NULL);
    CU_ASSERT_EQUAL_FATAL(runner_start(r), ST_OK);
    CU_ASSERT_EQUAL(trace.count, 3); /* seen without another lock or join */
    runner_free(r);
}

static void no_tasks_is_ok(void)
{
    runner *r = make(AN_HOUR);

    CU_ASSERT_EQUAL(runner_start(r), ST_OK);
    runner_free(r);
}

static bool is_before(struct timespec one, struct timespec two)
{
    return one.tv_sec < two.tv_sec ||
           (one.tv_sec == two.tv_sec && one.tv_nsec < two.tv_nsec);
}

/* The deadline is an hour away: who waits for it has missed the end. */
static void start_returns_before_the_deadline(void)
{
    struct timespec deadline = harness_after_ms(AN_HOUR.tv_sec * 1000);
    runner *r = make(AN_HOUR);

    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_OK);
    CU_ASSERT_TRUE(is_before(harness_after_ms(0), deadline));
    runner_free(r);
}

struct starter {
    runner *r;
    enum status result;
};

static void *start(void *arg)
{
    struct starter *starter = arg;

    starter->result = runner_start(starter->r);
    return NULL;
}

static void start_waits_for_the_last_task(void)
{
    struct starter starter = {make(AN_HOUR), ST_TODO};

    add(starter.r, wait_at_gate, NULL);
    pthread_t thread = harness_start(start, &starter);
    harness_gate_wait(&trace.entered);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread));
    harness_gate_open(&trace.gate);
    harness_join(thread);
    CU_ASSERT_EQUAL_FATAL(starter.result, ST_OK);
    CU_ASSERT_EQUAL(trace.count, 1);
    runner_free(starter.r);
}

/* A timeout may come before the first task, on a machine that is slow enough.
 * So these tests ask for what must hold whether the task started or not. */
static void timeout_leaves_the_task_running(void)
{
    runner *r = make(milliseconds(SHORT_MS));

    add(r, wait_at_gate, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    harness_gate_open(&trace.gate);
    runner_free(r);
}

/* Where the clock is virtual it stands at the deadline when the wait ends. */
static void timeout_comes_at_the_deadline(void)
{
    struct timespec deadline = harness_after_ms(SHORT_MS);
    runner *r = make(milliseconds(SHORT_MS));

    harness_sleep_until(harness_after_ms(SHORT_MS / 2));
    add(r, wait_at_gate, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    struct timespec now = harness_after_ms(0);
    CU_ASSERT_FALSE(is_before(now, deadline));
    CU_ASSERT_FALSE(harness_clock_is_virtual() && is_before(deadline, now));
    harness_gate_open(&trace.gate);
    runner_free(r);
}

static void *free_runner(void *arg)
{
    runner_free(arg);
    return NULL;
}

static void free_waits_for_the_running_task(void)
{
    runner *r = make(milliseconds(SHORT_MS));

    add(r, wait_at_gate, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    pthread_t thread = harness_start(free_runner, r);
    bool waited = harness_until_blocked(thread);
    harness_gate_open(&trace.gate);
    harness_join(thread);
    CU_ASSERT_EQUAL(harness_live_threads(), 0);
    CU_ASSERT_EQUAL(waited, trace.count == 1);
}

/* runner.6 */

static void nothing_starts_after_a_timeout(void)
{
    runner *r = make(milliseconds(SHORT_MS));

    add(r, wait_at_gate, NULL);
    add(r, note, NULL);
    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    harness_gate_open(&trace.gate);
    runner_free(r);
    CU_ASSERT_TRUE(trace.count <= 1); /* the one that was running */
}

static void deadline_counts_from_new(void)
{
    runner *r = make(milliseconds(SHORT_MS));
    struct timespec past = harness_after_ms(PAST_MS);

    add(r, note, NULL);
    harness_sleep_until(past);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 0);
}

static void zero_timeout_runs_nothing(void)
{
    runner *r = make((struct timespec){0});

    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 0);
}

/* What is to be added to the time so that the sum is this. */
static struct timespec until(time_t seconds, struct timespec now)
{
    return now.tv_nsec == 0 ? (struct timespec){seconds - now.tv_sec, 0}
                            : (struct timespec){seconds - now.tv_sec - 1,
                                                1000000000 - now.tv_nsec};
}

static void check_far_deadline(struct timespec timeout)
{
    runner *r = make(timeout);

    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_OK);
    runner_free(r);
}

/* Sums that come to a whole second, to the last one there is, and beyond. */
static void far_deadlines_are_kept(void)
{
    const time_t end_of_time = (time_t)INT64_MAX;

    harness_sleep_until(harness_after_ms(1));
    struct timespec now = harness_after_ms(0);
    check_far_deadline(until(now.tv_sec + 100, now));
    now = harness_after_ms(0);
    check_far_deadline((struct timespec){end_of_time - now.tv_sec, 999999999});
    check_far_deadline((struct timespec){end_of_time, 999999999});
}

static void part_of_a_second_counts(void)
{
    enum { MOST_OF_A_SECOND_MS = 900 };
    runner *r = make(milliseconds(MOST_OF_A_SECOND_MS));

    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_OK);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 1);
}

static struct timespec past_deadline; /* set before the runner starts */

static void end_late(int id, void *arg)
{
    harness_sleep_until(past_deadline);
    note(id, arg);
}

static void check_late_end(long ms)
{
    runner *r = make(milliseconds(SHORT_MS));

    past_deadline = harness_after_ms(ms);
    add(r, end_late, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    runner_free(r);
}

/* Where the clock is virtual, the second task ends at the very instant of the
 * deadline, in both orders with whoever waits for it. */
static void late_last_task_is_a_timeout(void)
{
    check_late_end(PAST_MS);
    check_late_end(SHORT_MS);
}

/* runner.7 */

static sigset_t only(int signal)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal);
    return set;
}

static bool is_pending(int signal)
{
    sigset_t pending;

    CU_ASSERT_EQUAL_FATAL(sigpending(&pending), 0);
    return sigismember(&pending, signal) == 1;
}

static void block_interrupts(void)
{
    const sigset_t interrupt = only(SIGINT);

    CU_ASSERT_EQUAL_FATAL(pthread_sigmask(SIG_BLOCK, &interrupt, NULL), 0);
}

static void interrupt_is_found_between_tasks(void)
{
    runner *r = make(AN_HOUR);

    add(r, note, NULL);
    add(r, interrupt_then_note, NULL);
    add(r, note, NULL);
    CU_ASSERT_EQUAL_FATAL(runner_start(r), ST_INTERRUPTED);
    CU_ASSERT_EQUAL(trace.count, 2); /* the interrupted task did end */
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 2);
}

static void interrupt_pending_at_start(void)
{
    runner *r = make(AN_HOUR);

    block_interrupts();
    harness_interrupt();
    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_INTERRUPTED);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 0);
    CU_ASSERT_FALSE(is_pending(SIGINT));
}

static void interrupt_twice(int id, void *arg)
{
    harness_interrupt();
    harness_interrupt();
    note(id, arg);
}

static void two_interrupts_are_one(void)
{
    runner *r = make(AN_HOUR);

    block_interrupts();
    add(r, interrupt_twice, NULL);
    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_INTERRUPTED);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 1);
    CU_ASSERT_FALSE(is_pending(SIGINT));
}

static void leave_an_errno(int id, void *arg)
{
    interrupt_then_note(id, arg);
    errno = EINTR; /* of a call of the task's own */
}

static void errno_of_a_task_means_nothing(void)
{
    runner *r = make(AN_HOUR);

    add(r, leave_an_errno, NULL);
    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_INTERRUPTED);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 1);
}

/* Once runner_start() has given up, an interrupt is its caller's. */
static void interrupt_after_a_timeout_is_the_callers(void)
{
    runner *r = make(milliseconds(SHORT_MS));

    block_interrupts();
    add(r, do_nothing, NULL);
    harness_let_time_pass(true);
    enum status status = runner_start(r);
    harness_interrupt();
    harness_let_time_pass(false);
    runner_free(r);
    CU_ASSERT_TRUE(status == ST_OK || status == ST_TIMEDOUT);
    CU_ASSERT_TRUE(is_pending(SIGINT));
}

static void deadline_comes_before_interrupt(void)
{
    runner *r = make((struct timespec){0});

    block_interrupts();
    harness_interrupt();
    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_TIMEDOUT);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 0);
}

/* runner.8 */

static bool same_mask(const sigset_t *one, const sigset_t *two)
{
    const int asked[] = {SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        if (sigismember(one, asked[i]) != sigismember(two, asked[i]))
            return false;
    return true;
}

/* Start a runner with these tasks; the mask must be as it was. */
static void check_mask(struct timespec timeout, runner_task *first,
                       runner_task *second, enum status expected)
{
    sigset_t before;
    sigset_t after;
    runner *r = make(timeout);

    add(r, first, NULL);
    add(r, second, NULL);
    CU_ASSERT_EQUAL_FATAL(pthread_sigmask(SIG_BLOCK, NULL, &before), 0);
    CU_ASSERT_EQUAL(runner_start(r), expected);
    CU_ASSERT_EQUAL_FATAL(pthread_sigmask(SIG_BLOCK, NULL, &after), 0);
    CU_ASSERT_TRUE(same_mask(&before, &after));
    runner_free(r);
}

static void mask_is_restored(void)
{
    const sigset_t user = only(SIGUSR1);

    CU_ASSERT_EQUAL_FATAL(pthread_sigmask(SIG_BLOCK, &user, NULL), 0);
    check_mask(AN_HOUR, note, note, ST_OK);
    check_mask((struct timespec){0}, note, note, ST_TIMEDOUT);
    check_mask(AN_HOUR, interrupt_then_note, note, ST_INTERRUPTED);
    harness_fail_thread_create(1);
    check_mask(AN_HOUR, note, note, ST_SYS);
    block_interrupts();
    check_mask(AN_HOUR, note, note, ST_OK);
}

static void late_interrupt_is_dropped(void)
{
    runner *r = make(AN_HOUR);

    add(r, note, NULL);
    add(r, interrupt_then_note, NULL); /* after the last look */
    CU_ASSERT_EQUAL(runner_start(r), ST_OK);
    runner_free(r);
    CU_ASSERT_EQUAL(trace.count, 2);
    CU_ASSERT_FALSE(is_pending(SIGINT));
}

static void own_handler(int signal)
{
    (void)signal;
}

static void arrangement_for_interrupts_is_kept(void)
{
    const struct sigaction own = {.sa_handler = own_handler};
    struct sigaction after;
    runner *r = make(AN_HOUR);

    CU_ASSERT_EQUAL_FATAL(sigaction(SIGINT, &own, NULL), 0);
    add(r, note, NULL);
    CU_ASSERT_EQUAL(runner_start(r), ST_OK);
    CU_ASSERT_EQUAL_FATAL(sigaction(SIGINT, NULL, &after), 0);
    CU_ASSERT_TRUE(after.sa_handler == own_handler);
    runner_free(r);
}

static const CU_TestInfo tests[] = {
    {"new_gives_a_runner", new_gives_a_runner},
    {"bad_timeout_is_refused", bad_timeout_is_refused},
    {"no_memory_is_told", no_memory_is_told},
    {"no_lock_is_told", no_lock_is_told},
    {"many_tasks_can_be_added", many_tasks_can_be_added},
    {"missing_task_is_refused", missing_task_is_refused},
    {"task_thread_is_created_and_joined", task_thread_is_created_and_joined},
    {"no_thread_is_told", no_thread_is_told},
    {"second_start_is_refused", second_start_is_refused},
    {"tasks_run_in_order_with_ids", tasks_run_in_order_with_ids},
    {"tasks_share_a_thread_of_their_own", tasks_share_a_thread_of_their_own},
    {"failed_add_keeps_the_tasks", failed_add_keeps_the_tasks},
    {"all_tasks_ended_is_ok", all_tasks_ended_is_ok},
    {"no_tasks_is_ok", no_tasks_is_ok},
    {"start_returns_before_the_deadline", start_returns_before_the_deadline},
    {"start_waits_for_the_last_task", start_waits_for_the_last_task},
    {"timeout_leaves_the_task_running", timeout_leaves_the_task_running},
    {"timeout_comes_at_the_deadline", timeout_comes_at_the_deadline},
    {"free_waits_for_the_running_task", free_waits_for_the_running_task},
    {"nothing_starts_after_a_timeout", nothing_starts_after_a_timeout},
    {"deadline_counts_from_new", deadline_counts_from_new},
    {"zero_timeout_runs_nothing", zero_timeout_runs_nothing},
    {"far_deadlines_are_kept", far_deadlines_are_kept},
    {"part_of_a_second_counts", part_of_a_second_counts},
    {"late_last_task_is_a_timeout", late_last_task_is_a_timeout},
    {"interrupt_is_found_between_tasks", interrupt_is_found_between_tasks},
    {"interrupt_pending_at_start", interrupt_pending_at_start},
    {"two_interrupts_are_one", two_interrupts_are_one},
    {"errno_of_a_task_means_nothing", errno_of_a_task_means_nothing},
    {"interrupt_after_a_timeout_is_the_callers",
     interrupt_after_a_timeout_is_the_callers},
    {"deadline_comes_before_interrupt", deadline_comes_before_interrupt},
    {"mask_is_restored", mask_is_restored},
    {"late_interrupt_is_dropped", late_interrupt_is_dropped},
    {"arrangement_for_interrupts_is_kept", arrangement_for_interrupts_is_kept},
    CU_TEST_INFO_NULL,
};

const struct harness_suite harness_suite = {"runner", tests};
