/* Allocations of the code under test, counted, and one of them failing on
 * demand. The linker sends its calls here (--wrap). */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness.h"

static atomic_ulong asked;
static atomic_uint failing; /* which one is to fail; 0: none */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void harness_fail_allocation(unsigned nth)
{
    atomic_store(&failing, nth);
}

unsigned long harness_allocations(void)
{
    return atomic_load(&asked);
}

/* Note one more, and say whether it is the one that is to fail. */
static bool fails(void)
{
    unsigned left = atomic_load(&failing);

    atomic_fetch_add(&asked, 1);
    while (left > 0) {
        if (atomic_compare_exchange_weak(&failing, &left, left - 1)) {
            if (left == 1)
                errno = ENOMEM;
            return left == 1;
        }
    }
    return false;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}
