/* Graded tests of chapter 0. What each must show stands in waitgroup.h. */
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "harness.h"
#include "waitgroup.h"

enum { WAITERS = 4, ADDERS = 4, ADDS = 500, ROUNDS = 3, WORKERS = 3 };
enum { INITS_MOST = 16 };

/* A group that works, or the test ends here. */
static void make(waitgroup *wg)
{
    CU_ASSERT_EQUAL_FATAL(waitgroup_init(wg), ST_OK);
}

static void init_takes_any_storage(void)
{
    waitgroup wg;

    memset(&wg, 0xAB, sizeof wg); /* what an earlier stack frame left */
    make(&wg);
    waitgroup_destroy(&wg);
    make(&wg);
    waitgroup_destroy(&wg);
}

/* Each of the group's initialisations fails once. What the others made must be
 * given back: a lock left behind is a leak. Each group has storage of its own,
 * since what is initialised again is not seen to be left behind. */
static void failed_init_leaves_nothing(void)
{
    waitgroup wg[INITS_MOST];
    enum status status = ST_TODO;

    for (unsigned nth = 1; status != ST_OK; nth++) {
        CU_ASSERT_FATAL(nth <= INITS_MOST);
        unsigned long before = harness_inits();
        harness_fail_init(nth);
        status = waitgroup_init(&wg[nth - 1]);
        harness_fail_init(0);
        if (harness_inits() - before >= nth) { /* else it needs fewer */
            CU_ASSERT_TRUE_FATAL(status == ST_NOMEM || status == ST_SYS);
        } else {
            CU_ASSERT_EQUAL_FATAL(status, ST_OK);
            waitgroup_destroy(&wg[nth - 1]);
        }
    }
}

static void add_counts_up_and_down(void)
{
    waitgroup wg;

    memset(&wg, 0xAB, sizeof wg);
    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 3), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -2), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 0), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -1), ST_OK);
    waitgroup_destroy(&wg);
}

static void negative_is_refused(void)
{
    waitgroup wg;

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -1), ST_INVALID);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, LONG_MIN), ST_INVALID);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 2), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -3), ST_INVALID);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -2), ST_OK);
    waitgroup_destroy(&wg);
}

static void refused_change_is_not_stored(void)
{
    waitgroup wg;

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -2), ST_INVALID);
    /* Still 1: one down is allowed, the next is not. */
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -1), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -1), ST_INVALID);
    waitgroup_destroy(&wg);
}

static void too_large_is_refused(void)
{
    waitgroup wg;

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, LONG_MAX), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_INVALID);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -LONG_MAX), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -1), ST_INVALID);
    waitgroup_destroy(&wg);
}

static void *add_often(void *arg)
{
    for (int i = 0; i < ADDS; i++)
        CU_ASSERT_EQUAL(waitgroup_add(arg, 1), ST_OK);
    return NULL;
}

static void no_add_is_lost(void)
{
    waitgroup wg;
    pthread_t adder[ADDERS];

    make(&wg);
    for (int i = 0; i < ADDERS; i++)
        adder[i] = harness_start(add_often, &wg);
    for (int i = 0; i < ADDERS; i++)
        harness_join(adder[i]);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, (long)-ADDERS * ADDS), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, -1), ST_INVALID);
    waitgroup_destroy(&wg);
}

struct taker {
    waitgroup *wg;
    enum status result;
};

static void *take_one(void *arg)
{
    struct taker *taker = arg;

    taker->result = waitgroup_add(taker->wg, -1);
    return NULL;
}

static void last_one_is_taken_once(void)
{
    waitgroup wg;
    struct taker one = {&wg, ST_TODO};
    struct taker two = {&wg, ST_TODO};

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
    pthread_t first = harness_start(take_one, &one);
    pthread_t second = harness_start(take_one, &two);
    harness_join(first);
    harness_join(second);
    CU_ASSERT_TRUE(one.result == ST_OK || two.result == ST_OK);
    CU_ASSERT_TRUE(one.result == ST_INVALID || two.result == ST_INVALID);
    waitgroup_destroy(&wg);
}

static void done_takes_one_away(void)
{
    waitgroup wg;

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 2), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_INVALID);
    waitgroup_destroy(&wg);
}

static void wait_on_a_new_group_returns(void)
{
    waitgroup wg;

    memset(&wg, 0xAB, sizeof wg);
    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_wait(&wg), ST_OK);
    waitgroup_destroy(&wg);
}

static void wait_after_the_last_done_returns(void)
{
    waitgroup wg;

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_wait(&wg), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_wait(&wg), ST_OK);
    waitgroup_destroy(&wg);
}

/* A thread in waitgroup_wait(), and whether it has come back. */
struct waiter {
    waitgroup *wg;
    pthread_mutex_t lock; /* guards back */
    bool back;
};

static void *wait_for_zero(void *arg)
{
    struct waiter *waiter = arg;

    CU_ASSERT_EQUAL(waitgroup_wait(waiter->wg), ST_OK);
    pthread_mutex_lock(&waiter->lock);
    waiter->back = true;
    pthread_mutex_unlock(&waiter->lock);
    return NULL;
}

static bool is_back(struct waiter *waiter)
{
    pthread_mutex_lock(&waiter->lock);
    bool back = waiter->back;
    pthread_mutex_unlock(&waiter->lock);
    return back;
}

static void wait_sleeps_until_zero(void)
{
    waitgroup wg;
    struct waiter waiter = {&wg, PTHREAD_MUTEX_INITIALIZER, false};

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
    pthread_t thread = harness_start(wait_for_zero, &waiter);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread));
    CU_ASSERT_FALSE(is_back(&waiter));
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    harness_join(thread);
    waitgroup_destroy(&wg);
}

static void one_done_of_two_lets_no_one_go(void)
{
    waitgroup wg;
    struct waiter waiter = {&wg, PTHREAD_MUTEX_INITIALIZER, false};

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 2), ST_OK);
    pthread_t thread = harness_start(wait_for_zero, &waiter);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread));
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread));
    CU_ASSERT_FALSE(is_back(&waiter));
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    harness_join(thread);
    waitgroup_destroy(&wg);
}

static void every_waiter_is_let_go(void)
{
    waitgroup wg;
    struct waiter waiter[WAITERS];
    pthread_t thread[WAITERS];

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
    for (int i = 0; i < WAITERS; i++) {
        waiter[i] = (struct waiter){&wg, PTHREAD_MUTEX_INITIALIZER, false};
        thread[i] = harness_start(wait_for_zero, &waiter[i]);
        CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread[i]));
    }
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    for (int i = 0; i < WAITERS; i++)
        harness_join(thread[i]);
    waitgroup_destroy(&wg);
}

static void new_round_holds_no_one_back(void)
{
    waitgroup wg;
    struct waiter waiter = {&wg, PTHREAD_MUTEX_INITIALIZER, false};

    make(&wg);
    for (unsigned tries = harness_tries(); tries > 0; tries--) {
        CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
        pthread_t thread = harness_start(wait_for_zero, &waiter);
        CU_ASSERT_TRUE_FATAL(harness_until_blocked(thread));
        CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
        CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
        harness_join(thread); /* it waited for the round that has ended */
        CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    }
    waitgroup_destroy(&wg);
}

static void *say_done(void *arg)
{
    CU_ASSERT_EQUAL(waitgroup_done(arg), ST_OK);
    return NULL;
}

static void *wait_then_begin_again(void *arg)
{
    CU_ASSERT_EQUAL(waitgroup_wait(arg), ST_OK);
    CU_ASSERT_EQUAL(waitgroup_add(arg, 1), ST_OK);
    return NULL;
}

/* The round has ended when anyone can know of it: whoever slept is let go, even
 * if the next begins before the last done() has returned. */
static void round_that_was_seen_to_end_lets_go(void)
{
    waitgroup wg;
    struct waiter waiter = {&wg, PTHREAD_MUTEX_INITIALIZER, false};

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, 1), ST_OK);
    pthread_t sleeper = harness_start(wait_for_zero, &waiter);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(sleeper));
    pthread_t last = harness_start(say_done, &wg);
    pthread_t next = harness_start(wait_then_begin_again, &wg);
    harness_join(sleeper);
    harness_join(last);
    harness_join(next);
    CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_OK);
    waitgroup_destroy(&wg);
}

static void group_can_be_used_again(void)
{
    waitgroup wg;

    make(&wg);
    for (int round = 0; round < ROUNDS; round++) {
        CU_ASSERT_EQUAL(waitgroup_add(&wg, 2), ST_OK);
        pthread_t one = harness_start(say_done, &wg);
        pthread_t two = harness_start(say_done, &wg);
        CU_ASSERT_EQUAL(waitgroup_wait(&wg), ST_OK);
        CU_ASSERT_EQUAL(waitgroup_done(&wg), ST_INVALID);
        harness_join(one);
        harness_join(two);
    }
    waitgroup_destroy(&wg);
}

struct result {
    waitgroup *wg;
    int value; /* no lock: the group must order the write before the read */
};

static void *work_then_done(void *arg)
{
    struct result *result = arg;

    result->value = 1;
    CU_ASSERT_EQUAL(waitgroup_done(result->wg), ST_OK);
    return NULL;
}

static void work_is_visible_after_wait(void)
{
    waitgroup wg;
    struct result result[WORKERS];
    pthread_t thread[WORKERS];
    int sum = 0;

    make(&wg);
    CU_ASSERT_EQUAL(waitgroup_add(&wg, WORKERS), ST_OK);
    for (int i = 0; i < WORKERS; i++) {
        result[i] = (struct result){&wg, 0};
        thread[i] = harness_start(work_then_done, &result[i]);
    }
    CU_ASSERT_EQUAL(waitgroup_wait(&wg), ST_OK);
    for (int i = 0; i < WORKERS; i++)
        sum += result[i].value;
    CU_ASSERT_EQUAL(sum, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        harness_join(thread[i]);
    waitgroup_destroy(&wg);
}

static const CU_TestInfo tests[] = {
    {"init_takes_any_storage", init_takes_any_storage},
    {"failed_init_leaves_nothing", failed_init_leaves_nothing},
    {"add_counts_up_and_down", add_counts_up_and_down},
    {"negative_is_refused", negative_is_refused},
    {"refused_change_is_not_stored", refused_change_is_not_stored},
    {"too_large_is_refused", too_large_is_refused},
    {"no_add_is_lost", no_add_is_lost},
    {"last_one_is_taken_once", last_one_is_taken_once},
    {"done_takes_one_away", done_takes_one_away},
    {"wait_on_a_new_group_returns", wait_on_a_new_group_returns},
    {"wait_after_the_last_done_returns", wait_after_the_last_done_returns},
    {"wait_sleeps_until_zero", wait_sleeps_until_zero},
    {"one_done_of_two_lets_no_one_go", one_done_of_two_lets_no_one_go},
    {"every_waiter_is_let_go", every_waiter_is_let_go},
    {"new_round_holds_no_one_back", new_round_holds_no_one_back},
    {"round_that_was_seen_to_end_lets_go", round_that_was_seen_to_end_lets_go},
    {"group_can_be_used_again", group_can_be_used_again},
    {"work_is_visible_after_wait", work_is_visible_after_wait},
    CU_TEST_INFO_NULL,
};

const struct harness_suite harness_suite = {"waitgroup", tests};
