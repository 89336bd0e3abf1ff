/* Allocations of the code under test, counted, and one of them failing on
 * demand. The linker sends its calls here (--wrap). */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "countdown.h"
#include "harness.h"

static struct countdown allocations;

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
    countdown_set(&allocations, nth);
}

unsigned long harness_allocations(void)
{
    return countdown_seen(&allocations);
}

static bool fails(void)
{
    bool meant = countdown_comes(&allocations);

    if (meant)
        errno = ENOMEM;
    return meant;
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
