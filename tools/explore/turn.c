/* The token, and who plays the threads: fibers, or kernel threads that hand it
 * on by a futex. Both do the same with the same schedule. Fibers are many times
 * faster. Kernel threads are for what fibers cannot have: thread-local storage
 * of the program's own; and a debugger that shows every thread's stack. */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg);

/* A handler of a stack that overflows needs another stack, whoever plays. A
 * sanitizer may have seen to it. Without memory for one, the kernel ends the
 * process. */
static void have_signal_stack(void)
{
    enum { SIZE = 1 << 18 };
    stack_t stack;

    if (sigaltstack(NULL, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0)
        return;
    void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return;
    stack = (stack_t){.ss_sp = memory, .ss_size = SIZE};
    (void)sigaltstack(&stack, NULL);
}

/* --- Kernel threads --- */

/* The kernel is asked only when the token has not come yet. */
static void wait_for_turn(struct thread *thread)
{
    while (__atomic_load_n(&thread->turn, __ATOMIC_ACQUIRE) == 0)
        (void)syscall(SYS_futex, &thread->turn, FUTEX_WAIT_PRIVATE, 0, NULL,
                      NULL, 0);
    __atomic_store_n(&thread->turn, 0, __ATOMIC_RELAXED);
}

static void give_turn(struct thread *thread)
{
    model.shared->running = thread->tid;
    __atomic_store_n(&thread->turn, 1, __ATOMIC_RELEASE);
    (void)syscall(SYS_futex, &thread->turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL,
                  0);
}

static void *play_on_kernel_thread(void *arg)
{
    struct thread *thread = arg;

    wait_for_turn(thread);
    thread->tid = (int)gettid();
    model.shared->running = thread->tid; /* it was not known before */
    have_signal_stack();
    model_self = thread;
    threads_play(thread);
}

static bool make_kernel_thread(struct thread *thread)
{
    pthread_attr_t attributes;

    if (pthread_attr_init(&attributes) != 0)
        return false;
    int error =
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (error == 0)
        error = __real_pthread_create(&thread->real, &attributes,
                                      play_on_kernel_thread, thread);
    (void)pthread_attr_destroy(&attributes);
    thread->tid = error == 0 ? 1 : 0; /* until it tells its own */
    return error == 0;
}

/* --- Fibers --- */

static void play_on_fiber(void *arg)
{
    threads_play(arg);
}

/* All fibers are on one kernel thread, so this is theirs in turn. */
static void pass_by_fiber(struct thread *from, struct thread *to)
{
    model_self = to == model.controller ? NULL : to;
    fiber_switch(&from->fiber, &to->fiber);
}

/* --- Either --- */

void turn_begin(struct thread *controller)
{
    model.controller = controller;
    model.on_fibers = !model.options.kernel_threads && fiber_is_possible();
    if (!model.on_fibers)
        return;
    have_signal_stack();
    fiber_adopt_caller(&controller->fiber);
    tsan_ignores(&errno, sizeof errno); /* each thread has its own value */
    model.shared->running = (int)gettid();
}

bool turn_find_player(struct thread *thread)
{
    if (model.on_fibers)
        return thread->fiber.stack != NULL ||
               fiber_make(&thread->fiber, play_on_fiber, thread);
    return thread->tid != 0 || make_kernel_thread(thread);
}

void turn_pass(struct thread *from, struct thread *to)
{
    int error = errno; /* the program's own, of this thread */

    if (model.on_fibers) {
        pass_by_fiber(from, to);
    } else {
        give_turn(to);
        wait_for_turn(from);
    }
    errno = error;
}

_Noreturn void turn_abandon(void)
{
    for (;;)
        turn_pass(model_self, model.controller);
}
