/* What ThreadSanitizer is told. Its functions are weak: in other builds they
 * are not there, and nothing happens. */
#include "model.h"

void __tsan_release(void *address) __attribute__((weak));
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_read1_pc(void *address, void *pc) __attribute__((weak));
void AnnotateBenignRaceSized(const char *file, int line, void *memory,
                             size_t size, const char *why)
    __attribute__((weak));

void tsan_release_to(void *address)
{
    if (__tsan_release != NULL)
        __tsan_release(address);
}

void tsan_acquire_from(void *address)
{
    if (__tsan_acquire != NULL)
        __tsan_acquire(address);
}

/* A line is looked up at the address itself, which returns to the next one. */
static void *before(const void *pc)
{
    return (char *)(uintptr_t)pc - 1;
}

/* ThreadSanitizer's own wrappers look at the first byte of a condition: one
 * that is destroyed while others may use it is a race. */
void tsan_reads(const void *address, const void *pc)
{
    if (__tsan_read1_pc != NULL)
        __tsan_read1_pc((void *)(uintptr_t)address, before(pc));
}

void tsan_ignores(void *address, size_t size)
{
    if (AnnotateBenignRaceSized != NULL)
        AnnotateBenignRaceSized(__FILE__, __LINE__, address, size, "");
}
