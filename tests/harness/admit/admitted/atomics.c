#include <stdatomic.h>
#include <stdbool.h>
#include <sched.h>

static atomic_long count;
static long plain;
static atomic_flag busy = ATOMIC_FLAG_INIT;

bool take(void)
{
    long seen = atomic_load_explicit(&count, memory_order_acquire);
    while (seen > 0)
        if (atomic_compare_exchange_weak(&count, &seen, seen - 1))
            return true;
    return false;
}

void guarded(void)
{
    while (atomic_flag_test_and_set(&busy))
        sched_yield();
    atomic_fetch_add(&count, 1);
    atomic_thread_fence(memory_order_seq_cst);
    __atomic_add_fetch(&plain, 1, __ATOMIC_RELAXED);
    atomic_flag_clear(&busy);
}
