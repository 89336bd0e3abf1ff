/* How a thread ends, and what is its own: clean-up handlers, errno, its stack;
 * on fibers and on kernel threads, which are kept from schedule to schedule. */
#include <sched.h>
#include <stdlib.h>

#include "calls.h"

enum { HANDLERS = 3 };

/* One a thread: what its handlers did, in which order. */
struct trail {
    int at;
    int steps[HANDLERS + 1];
};

static void leave_mark(struct trail *trail, int mark)
{
    explore_assert(trail->at <= HANDLERS);
    trail->steps[trail->at++] = mark;
}

static void first(void *arg)
{
    leave_mark(arg, 1);
}

static void second(void *arg)
{
    sched_yield(); /* the other thread pushes and leaves in between */
    leave_mark(arg, 2);
}

static void third(void *arg)
{
    leave_mark(arg, 3);
}

static void leave_from_within(struct trail *trail)
{
    pthread_cleanup_push(third, trail);
    sched_yield();
    pthread_exit(trail);
    pthread_cleanup_pop(0);
}

static void *leave(void *arg)
{
    pthread_cleanup_push(first, arg);
    pthread_cleanup_push(third, arg);
    sched_yield();
    pthread_cleanup_pop(0); /* is not run */
    pthread_cleanup_push(second, arg);
    leave_from_within(arg);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void join_left(pthread_t thread, struct trail *trail)
{
    void *result;

    explore_assert(pthread_join(thread, &result) == 0);
    explore_assert(result == trail);
    explore_assert(trail->at == 3);
    for (int i = 0; i < 3; i++)
        explore_assert(trail->steps[i] == 3 - i);
}

static void handlers(void)
{
    struct trail trails[2] = {{0}, {0}};
    pthread_t one = start(leave, &trails[0]);
    pthread_t two = start(leave, &trails[1]);

    join_left(one, &trails[0]);
    join_left(two, &trails[1]);
}

static void *pop_and_run(void *arg)
{
    pthread_cleanup_push(first, arg);
    pthread_cleanup_pop(1);
    return NULL;
}

static void handler_is_run(void)
{
    struct trail trail = {0};

    join(start(pop_and_run, &trail));
    explore_assert(trail.at == 1 && trail.steps[0] == 1);
}

/* The deeper a thread leaves, the more a kept stack would grow. */
static void go_down(int depth, bool leaves)
{
    volatile char frame[1 << 16];

    frame[0] = (char)depth;
    if (depth > 0)
        go_down(depth - 1, leaves);
    else if (leaves)
        pthread_exit(NULL);
    (void)frame[0]; /* no tail call */
}

static void *go_deep(void *arg)
{
    enum { DEPTH = 60 };

    go_down(DEPTH, true);
    return arg;
}

static void leaves_nothing_on_the_stack(void)
{
    join(start(go_deep, NULL));
}

static void *set_errno(void *arg)
{
    explore_assert(errno == 0); /* C11, 7.5: zero when a thread begins */
    errno = *(int *)arg;
    sched_yield();
    explore_assert(errno == *(int *)arg);
    return NULL;
}

static void each_has_errno(void)
{
    int values[] = {3, 5};
    pthread_t one = start(set_errno, &values[0]);
    pthread_t two = start(set_errno, &values[1]);

    join(one);
    join(two);
}

static void *look_at_stack(void *arg)
{
    pthread_attr_t attributes;
    void *lowest;
    size_t size;
    char here;

    (void)arg;
    explore_assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
    explore_assert(pthread_attr_getstack(&attributes, &lowest, &size) == 0);
    explore_assert((uintptr_t)&here >= (uintptr_t)lowest);
    explore_assert((uintptr_t)&here - (uintptr_t)lowest < size);
    explore_assert(pthread_attr_destroy(&attributes) == 0);
    return NULL;
}

static void stack_is_told(void)
{
    join(start(look_at_stack, NULL));
}

#define BOTH(example)                                                          \
    {.name = #example, .run = example},                                        \
    {                                                                          \
        .name = #example "_on_kernel_threads", .run = example, .options = {    \
            .kernel_threads = true                                             \
        }                                                                      \
    }

const struct example examples[] = {
    BOTH(handlers),
    BOTH(handler_is_run),
    BOTH(leaves_nothing_on_the_stack),
    BOTH(each_has_errno),
    BOTH(stack_is_told),
    {.name = NULL},
};
