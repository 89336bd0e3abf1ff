/* Graded tests of chapter 2. What each must show stands in pool.h. */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness.h"
#include "pool.h"

enum { MOST = 200, USERS = 4, TURNS = 10, IDLE = 2, CLOSERS = 3 };

/* A resource, counted by the test: nothing is allocated, so that whatever the
 * pool forgets is found here, and told as what it is. */
struct resource {
    int id;     /* 1 for the first that was opened */
    int closes; /* how often close() was called with it */
};

/* What open() and close() leave behind, and what a test has them do. */
static struct {
    pthread_mutex_t lock; /* guards the next five */
    struct resource all[MOST];
    int opened;
    int order[MOST]; /* ids in the order of their close() */
    int closed;
    enum status answer; /* of open() */

    pool *p;                     /* for callbacks that call the pool */
    void (*in_open)(void);       /* called by open(), or NULL */
    void (*in_close)(int id);    /* called by close(), or NULL */
    struct harness_gate entered; /* opened inside a callback */
    struct harness_gate gate;    /* a callback may wait here */
    enum status nested;          /* what a callback's call returned */
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .entered = HARNESS_GATE_INIT,
          .gate = HARNESS_GATE_INIT};

static enum status open_resource(void *ctx, void **resource)
{
    CU_ASSERT_PTR_EQUAL(ctx, &seen);
    if (seen.in_open != NULL)
        seen.in_open();
    pthread_mutex_lock(&seen.lock);
    enum status answer = seen.answer;
    if (answer == ST_OK) {
        CU_ASSERT_FATAL(seen.opened < MOST);
        struct resource *fresh = &seen.all[seen.opened];
        seen.opened++;
        fresh->id = seen.opened;
        *resource = fresh;
    }
    pthread_mutex_unlock(&seen.lock);
    return answer;
}

static void close_resource(void *ctx, void *resource)
{
    struct resource *old = resource;

    CU_ASSERT_PTR_EQUAL(ctx, &seen);
    if (seen.in_close != NULL)
        seen.in_close(old->id);
    pthread_mutex_lock(&seen.lock);
    old->closes++;
    CU_ASSERT_FATAL(seen.closed < MOST);
    seen.order[seen.closed] = old->id;
    seen.closed++;
    pthread_mutex_unlock(&seen.lock);
}

static const struct pool_ops OPS = {open_resource, close_resource};

static int opened(void)
{
    pthread_mutex_lock(&seen.lock);
    int n = seen.opened;
    pthread_mutex_unlock(&seen.lock);
    return n;
}

static int closed(void)
{
    pthread_mutex_lock(&seen.lock);
    int n = seen.closed;
    pthread_mutex_unlock(&seen.lock);
    return n;
}

static pool *make(size_t max_idle)
{
    pool *p = NULL;

    CU_ASSERT_EQUAL_FATAL(pool_new(&p, &OPS, &seen, max_idle), ST_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    seen.p = p;
    return p;
}

static struct resource *take(pool *p)
{
    void *resource = NULL;

    CU_ASSERT_EQUAL_FATAL(pool_acquire(p, &resource), ST_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(resource);
    return resource;
}

static void give(pool *p, struct resource *resource)
{
    CU_ASSERT_EQUAL(pool_release(p, resource), ST_OK);
}

/* At the end of every life: what was opened has been closed exactly once. */
static void check_each_closed_once(void)
{
    for (int i = 0; i < seen.opened; i++)
        CU_ASSERT_EQUAL(seen.all[i].closes, 1);
}

/* pool.1 */

static void new_opens_nothing(void)
{
    pool *p = make(IDLE);

    CU_ASSERT_EQUAL(opened(), 0);
    pool_free(p);
    pool_free(NULL);
}

static void size_zero_is_refused(void)
{
    pool *p = NULL;

    CU_ASSERT_EQUAL(pool_new(&p, &OPS, &seen, 0), ST_INVALID);
    CU_ASSERT_PTR_NULL(p);
}

static void no_memory_is_told(void)
{
    for (unsigned nth = 1; nth <= 2; nth++) {
        pool *p = NULL;
        unsigned long before = harness_allocations();
        harness_fail_allocation(nth);
        enum status status = pool_new(&p, &OPS, &seen, IDLE);
        harness_fail_allocation(0);
        if (harness_allocations() - before >= nth) {
            CU_ASSERT_EQUAL_FATAL(status, ST_NOMEM);
            CU_ASSERT_PTR_NULL(p);
            continue;
        }
        CU_ASSERT_EQUAL_FATAL(status, ST_OK); /* it needed fewer */
        pool_free(p);
        break;
    }
}

/* Each of its initialisations of a lock or condition fails once; so it is told,
 * and what the others made is given back: a lock left behind is a leak. */
static void no_lock_is_told(void)
{
    for (unsigned nth = 1;; nth++) {
        pool *p = NULL;
        unsigned long before = harness_inits();
        harness_fail_init(nth);
        enum status status = pool_new(&p, &OPS, &seen, IDLE);
        harness_fail_init(0);
        if (harness_inits() - before >= nth) {
            CU_ASSERT_TRUE_FATAL(status == ST_NOMEM || status == ST_SYS);
            CU_ASSERT_PTR_NULL(p);
            continue;
        }
        CU_ASSERT_EQUAL_FATAL(status, ST_OK); /* it needed fewer */
        pool_free(p);
        break;
    }
}

/* pool.2 */

static void acquire_opens_when_none_is_idle(void)
{
    pool *p = make(IDLE);
    struct resource *one = take(p);
    struct resource *two = take(p);

    CU_ASSERT_PTR_NOT_EQUAL(one, two);
    CU_ASSERT_EQUAL(opened(), 2);
    (void)pool_release(p, one);
    (void)pool_release(p, two);
    pool_free(p);
}

static void failed_open_is_the_callers(void)
{
    pool *p = make(IDLE);
    void *resource = NULL;

    seen.answer = ST_SYS;
    CU_ASSERT_EQUAL(pool_acquire(p, &resource), ST_SYS);
    CU_ASSERT_PTR_NULL(resource);
    seen.answer = ST_AGAIN; /* any status comes back as it is */
    CU_ASSERT_EQUAL(pool_acquire(p, &resource), ST_AGAIN);
    CU_ASSERT_PTR_NULL(resource);
    seen.answer = ST_OK;
    struct resource *after = take(p);
    CU_ASSERT_EQUAL(after->id, 1);
    (void)pool_release(p, after);
    pool_free(p);
}

static void acquire_once_more(void)
{
    void *inner = NULL;

    seen.in_open = NULL;
    seen.nested = pool_acquire(seen.p, &inner);
    if (seen.nested == ST_OK)
        (void)pool_release(seen.p, inner);
}

static void open_may_call_the_pool(void)
{
    pool *p = make(IDLE);

    seen.in_open = acquire_once_more;
    struct resource *outer = take(p);
    CU_ASSERT_EQUAL(seen.nested, ST_OK);
    (void)pool_release(p, outer);
    pool_free(p);
}

static pthread_barrier_t both_open;

static void meet(void)
{
    (void)pthread_barrier_wait(&both_open);
}

static void *acquire_only(void *arg)
{
    return take(arg);
}

static void two_can_open_at_once(void)
{
    pool *p = make(IDLE);

    CU_ASSERT_EQUAL_FATAL(pthread_barrier_init(&both_open, NULL, 2), 0);
    seen.in_open = meet; /* each waits inside open() for the other */
    pthread_t other = harness_start(acquire_only, p);
    struct resource *mine = take(p);
    struct resource *theirs = harness_join(other);
    CU_ASSERT_PTR_NOT_EQUAL(mine, theirs);
    (void)pool_release(p, mine);
    (void)pool_release(p, theirs);
    pool_free(p);
    CU_ASSERT_EQUAL(pthread_barrier_destroy(&both_open), 0);
}

/* pool.3 */

static void release_keeps_while_there_is_room(void)
{
    pool *p = make(IDLE);
    struct resource *one = take(p);
    struct resource *two = take(p);

    give(p, one);
    give(p, two);
    CU_ASSERT_EQUAL(closed(), 0);
    pool_free(p);
}

static void full_queue_closes(void)
{
    pool *p = make(1);
    struct resource *one = take(p);
    struct resource *two = take(p);

    give(p, one);
    give(p, two);
    CU_ASSERT_EQUAL(closed(), 1);
    CU_ASSERT_EQUAL(one->closes, 0);
    CU_ASSERT_EQUAL(two->closes, 1);
    pool_free(p);
}

static void close_then_acquire(int id)
{
    void *fresh = NULL;

    (void)id;
    seen.in_close = NULL;
    seen.nested = pool_acquire(seen.p, &fresh);
    if (seen.nested == ST_OK)
        (void)pool_release(seen.p, fresh);
}

static void close_may_call_the_pool(void)
{
    pool *p = make(1);
    struct resource *one = take(p);
    struct resource *two = take(p);

    give(p, one);
    seen.in_close = close_then_acquire;
    give(p, two); /* full: close() runs, and calls the pool */
    CU_ASSERT_EQUAL(two->closes, 1);
    pool_free(p);
}

/* pool.4 */

static void longest_idle_comes_first(void)
{
    pool *p = make(3);
    struct resource *one = take(p);
    struct resource *two = take(p);
    struct resource *three = take(p);

    give(p, two);
    give(p, three);
    give(p, one);
    CU_ASSERT_PTR_EQUAL(take(p), two);
    CU_ASSERT_PTR_EQUAL(take(p), three);
    CU_ASSERT_PTR_EQUAL(take(p), one);
    CU_ASSERT_EQUAL(opened(), 3);
    give(p, one);
    give(p, two);
    give(p, three);
    pool_free(p);
}

static void queue_keeps_its_order_for_long(void)
{
    pool *p = make(3);
    struct resource *one = take(p);
    struct resource *two = take(p);

    give(p, one);
    give(p, two);
    for (int turn = 0; turn < TURNS; turn++) {
        struct resource *first = take(p);
        CU_ASSERT_PTR_EQUAL(first, turn % 2 == 0 ? one : two);
        give(p, first);
    }
    CU_ASSERT_EQUAL(opened(), 2);
    CU_ASSERT_EQUAL(closed(), 0);
    pool_free(p);
}

static void taken_place_is_free_again(void)
{
    pool *p = make(1);
    struct resource *one = take(p);

    give(p, one);
    CU_ASSERT_PTR_EQUAL(take(p), one);
    struct resource *two = take(p); /* the queue is empty */
    CU_ASSERT_EQUAL(opened(), 2);
    give(p, two);
    CU_ASSERT_EQUAL(closed(), 0);
    give(p, one);
    CU_ASSERT_EQUAL(one->closes, 1);
    pool_free(p);
}

static void wait_in_open(void)
{
    harness_gate_open(&seen.entered);
    harness_gate_wait(&seen.gate);
}

static void slow_open_holds_no_one_up(void)
{
    pool *p = make(IDLE);
    struct resource *one = take(p);

    seen.in_open = wait_in_open;
    pthread_t slow = harness_start(acquire_only, p);
    harness_gate_wait(&seen.entered);
    give(p, one); /* while open() runs in the other thread */
    CU_ASSERT_PTR_EQUAL(take(p), one);
    harness_gate_open(&seen.gate);
    struct resource *two = harness_join(slow);
    give(p, one);
    give(p, two);
    pool_free(p);
}

/* pool.5 */

static void acquire_after_close_is_told(void)
{
    pool *p = make(IDLE);
    void *resource = NULL;

    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    CU_ASSERT_EQUAL(pool_acquire(p, &resource), ST_CLOSED);
    CU_ASSERT_PTR_NULL(resource);
    CU_ASSERT_EQUAL(opened(), 0);
    pool_free(p);
}

static void release_after_close_closes(void)
{
    pool *p = make(IDLE);
    struct resource *one = take(p);

    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    CU_ASSERT_EQUAL(one->closes, 0);
    give(p, one);
    CU_ASSERT_EQUAL(one->closes, 1);
    pool_free(p);
    CU_ASSERT_EQUAL(one->closes, 1);
}

static void ask_while_closing(int id)
{
    void *fresh = NULL;

    (void)id;
    seen.nested = pool_acquire(seen.p, &fresh);
}

/* The close() of what comes back to a closed pool may call the pool. */
static void late_return_is_closed_without_the_lock(void)
{
    pool *p = make(IDLE);
    struct resource *one = take(p);

    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    seen.in_close = ask_while_closing;
    give(p, one);
    CU_ASSERT_EQUAL(seen.nested, ST_CLOSED);
    seen.in_close = NULL;
    pool_free(p);
    check_each_closed_once();
}

/* pool.6 */

static void idle_is_closed_in_order(void)
{
    pool *p = make(3);
    struct resource *one = take(p);
    struct resource *two = take(p);
    struct resource *three = take(p);

    give(p, two);
    give(p, three);
    give(p, one);
    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    CU_ASSERT_EQUAL_FATAL(closed(), 3);
    CU_ASSERT_EQUAL(seen.order[0], two->id);
    CU_ASSERT_EQUAL(seen.order[1], three->id);
    CU_ASSERT_EQUAL(seen.order[2], one->id);
    pool_free(p);
    check_each_closed_once();
}

static void free_closes_what_is_idle(void)
{
    pool *p = make(IDLE);

    give(p, take(p));
    pool_free(p);
    CU_ASSERT_EQUAL(opened(), 1);
    check_each_closed_once();
}

static void idle_is_closed_without_the_lock(void)
{
    pool *p = make(IDLE);

    give(p, take(p));
    seen.in_close = ask_while_closing;
    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    CU_ASSERT_EQUAL(seen.nested, ST_CLOSED);
    seen.in_close = NULL;
    pool_free(p);
    check_each_closed_once();
}

/* pool.7 */

static void close_twice_closes_once(void)
{
    pool *p = make(IDLE);

    give(p, take(p));
    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    pool_free(p);
    check_each_closed_once();
}

static void wait_in_close(int id)
{
    (void)id;
    harness_gate_open(&seen.entered);
    harness_gate_wait(&seen.gate);
}

static void *close_pool(void *arg)
{
    CU_ASSERT_EQUAL(pool_close(arg), ST_OK);
    return NULL;
}

static void second_close_waits_for_the_first(void)
{
    pool *p = make(IDLE);

    give(p, take(p));
    seen.in_close = wait_in_close;
    pthread_t first = harness_start(close_pool, p);
    harness_gate_wait(&seen.entered);
    pthread_t second = harness_start(close_pool, p);
    CU_ASSERT_TRUE_FATAL(harness_until_blocked(second));
    CU_ASSERT_EQUAL(closed(), 0);
    harness_gate_open(&seen.gate);
    harness_join(second);
    CU_ASSERT_EQUAL(closed(), 1);
    harness_join(first);
    seen.in_close = NULL;
    pool_free(p);
    check_each_closed_once();
}

static void close_again(int id)
{
    (void)id;
    seen.nested = pool_close(seen.p);
}

static void close_from_its_own_close_is_refused(void)
{
    pool *p = make(IDLE);

    give(p, take(p));
    seen.in_close = close_again;
    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    CU_ASSERT_EQUAL(seen.nested, ST_INVALID);
    seen.in_close = NULL;
    pool_free(p);
    check_each_closed_once();
}

static void *close_and_look(void *arg)
{
    CU_ASSERT_EQUAL(pool_close(arg), ST_OK);
    CU_ASSERT_EQUAL(closed(), IDLE);
    return NULL;
}

/* A pool with as much idle as it keeps. */
static pool *make_full(void)
{
    pool *p = make(IDLE);
    struct resource *held[IDLE];

    for (int i = 0; i < IDLE; i++)
        held[i] = take(p);
    for (int i = 0; i < IDLE; i++)
        give(p, held[i]);
    return p;
}

static void every_close_returns_when_all_is_closed(void)
{
    pool *p = make_full();
    pthread_t closer[CLOSERS];

    for (int i = 0; i < CLOSERS; i++)
        closer[i] = harness_start(close_and_look, p);
    for (int i = 0; i < CLOSERS; i++)
        harness_join(closer[i]);
    pool_free(p);
    check_each_closed_once();
}

static void each_waiting_close_is_woken(void)
{
    pool *p = make(IDLE);
    pthread_t closer[CLOSERS];

    give(p, take(p));
    seen.in_close = wait_in_close;
    closer[0] = harness_start(close_pool, p);
    harness_gate_wait(&seen.entered);
    for (int i = 1; i < CLOSERS; i++) {
        closer[i] = harness_start(close_pool, p);
        CU_ASSERT_TRUE_FATAL(harness_until_blocked(closer[i]));
    }
    harness_gate_open(&seen.gate);
    for (int i = 0; i < CLOSERS; i++)
        harness_join(closer[i]);
    seen.in_close = NULL;
    pool_free(p);
}

/* pool.8 */

struct acquirer {
    pool *p;
    void *resource;
    enum status result;
};

static void *acquire(void *arg)
{
    struct acquirer *acquirer = arg;

    acquirer->result = pool_acquire(acquirer->p, &acquirer->resource);
    return NULL;
}

static void close_while_open_runs(void)
{
    struct acquirer acquirer = {make(IDLE), NULL, ST_TODO};

    seen.in_open = wait_in_open;
    pthread_t thread = harness_start(acquire, &acquirer);
    harness_gate_wait(&seen.entered);
    CU_ASSERT_EQUAL(pool_close(acquirer.p), ST_OK);
    harness_gate_open(&seen.gate);
    harness_join(thread);
    CU_ASSERT_EQUAL(acquirer.result, ST_CLOSED);
    CU_ASSERT_PTR_NULL(acquirer.resource);
    CU_ASSERT_EQUAL(opened(), 1);
    check_each_closed_once();
    pool_free(acquirer.p);
    check_each_closed_once();
}

static void late_resource_is_closed_without_the_lock(void)
{
    struct acquirer acquirer = {make(IDLE), NULL, ST_TODO};

    seen.in_open = wait_in_open;
    seen.in_close = ask_while_closing;
    pthread_t thread = harness_start(acquire, &acquirer);
    harness_gate_wait(&seen.entered);
    CU_ASSERT_EQUAL(pool_close(acquirer.p), ST_OK);
    harness_gate_open(&seen.gate);
    harness_join(thread);
    CU_ASSERT_EQUAL(acquirer.result, ST_CLOSED);
    CU_ASSERT_EQUAL(seen.nested, ST_CLOSED);
    seen.in_close = NULL;
    pool_free(acquirer.p);
}

/* Acquire and release until the pool is closed, or for a number of turns. */
static void *use(void *arg)
{
    for (int turn = 0; turn < TURNS; turn++) {
        void *resource = NULL;
        enum status status = pool_acquire(arg, &resource);
        if (status == ST_CLOSED)
            break;
        CU_ASSERT_EQUAL_FATAL(status, ST_OK);
        CU_ASSERT_EQUAL(((struct resource *)resource)->closes, 0);
        give(arg, resource);
    }
    return NULL;
}

static void each_is_closed_once_under_contention(void)
{
    pool *p = make(IDLE);
    pthread_t user[USERS];

    for (int i = 0; i < USERS; i++)
        user[i] = harness_start(use, p);
    for (int i = 0; i < USERS; i++)
        harness_join(user[i]);
    CU_ASSERT_TRUE(opened() <= USERS * TURNS);
    pool_free(p);
    check_each_closed_once();
}

static void none_is_lost_when_closed_in_use(void)
{
    pool *p = make(IDLE);
    pthread_t user[USERS];

    for (int i = 0; i < USERS; i++)
        user[i] = harness_start(use, p);
    CU_ASSERT_EQUAL(pool_close(p), ST_OK);
    for (int i = 0; i < USERS; i++)
        harness_join(user[i]);
    check_each_closed_once(); /* nothing is idle or in use any more */
    pool_free(p);
    check_each_closed_once();
}

static const CU_TestInfo tests[] = {
    {"new_opens_nothing", new_opens_nothing},
    {"size_zero_is_refused", size_zero_is_refused},
    {"no_memory_is_told", no_memory_is_told},
    {"no_lock_is_told", no_lock_is_told},
    {"acquire_opens_when_none_is_idle", acquire_opens_when_none_is_idle},
    {"failed_open_is_the_callers", failed_open_is_the_callers},
    {"two_can_open_at_once", two_can_open_at_once},
    {"release_keeps_while_there_is_room", release_keeps_while_there_is_room},
    {"full_queue_closes", full_queue_closes},
    {"open_may_call_the_pool", open_may_call_the_pool},
    {"close_may_call_the_pool", close_may_call_the_pool},
    {"longest_idle_comes_first", longest_idle_comes_first},
    {"queue_keeps_its_order_for_long", queue_keeps_its_order_for_long},
    {"taken_place_is_free_again", taken_place_is_free_again},
    {"slow_open_holds_no_one_up", slow_open_holds_no_one_up},
    {"acquire_after_close_is_told", acquire_after_close_is_told},
    {"release_after_close_closes", release_after_close_closes},
    {"late_return_is_closed_without_the_lock",
     late_return_is_closed_without_the_lock},
    {"idle_is_closed_in_order", idle_is_closed_in_order},
    {"free_closes_what_is_idle", free_closes_what_is_idle},
    {"idle_is_closed_without_the_lock", idle_is_closed_without_the_lock},
    {"close_twice_closes_once", close_twice_closes_once},
    {"second_close_waits_for_the_first", second_close_waits_for_the_first},
    {"every_close_returns_when_all_is_closed",
     every_close_returns_when_all_is_closed},
    {"each_waiting_close_is_woken", each_waiting_close_is_woken},
    {"close_from_its_own_close_is_refused",
     close_from_its_own_close_is_refused},
    {"close_while_open_runs", close_while_open_runs},
    {"late_resource_is_closed_without_the_lock",
     late_resource_is_closed_without_the_lock},
    {"each_is_closed_once_under_contention",
     each_is_closed_once_under_contention},
    {"none_is_lost_when_closed_in_use", none_is_lost_when_closed_in_use},
    CU_TEST_INFO_NULL,
};

const struct harness_suite harness_suite = {"pool", tests};
