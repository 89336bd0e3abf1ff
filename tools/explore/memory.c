/* Allocations of the code under test: counted, made to fail, and looked for at
 * the end of each schedule. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "wrap.h"

WRAP(void *, malloc, (size_t size));
WRAP(void *, calloc, (size_t n, size_t size));
WRAP(void *, realloc, (void *old, size_t size));
WRAP(void *, aligned_alloc, (size_t alignment, size_t size));
WRAP(void *, reallocarray, (void *old, size_t n, size_t size));
WRAP(int, posix_memalign, (void **memory, size_t alignment, size_t size));
WRAP(char *, strdup, (const char *text));
WRAP(char *, strndup, (const char *text, size_t most));
WRAP(void, free, (void *memory));

/* Live blocks of this schedule: open addressing. Guarded by the token. */
struct block {
    void *memory; /* NULL: empty; GONE: was freed */
    size_t size;
    const void *pc;
};

enum { BLOCKS = 16384 };
static struct block blocks[BLOCKS];
static unsigned touched[BLOCKS]; /* entries that are not empty */
static unsigned touched_count;
static char gone;

static unsigned place_of(const void *memory)
{
    return (unsigned)(((uintptr_t)memory * 0x9e3779b97f4a7c15u) >> 40) % BLOCKS;
}

void memory_begin(void)
{
    for (unsigned i = 0; i < touched_count; i++)
        blocks[touched[i]].memory = NULL;
    touched_count = 0;
}

static struct block *find(const void *memory)
{
    unsigned at = place_of(memory);

    while (blocks[at].memory != NULL && blocks[at].memory != memory)
        at = (at + 1) % BLOCKS;
    return blocks[at].memory == NULL ? NULL : &blocks[at];
}

/* A block that is noted already was given back inside the C library, unseen. */
static void note(void *memory, size_t size, const void *pc)
{
    unsigned at = place_of(memory);

    if (memory == NULL || touched_count == BLOCKS - 1)
        return; /* not followed: it cannot be reported as a leak */
    struct block *old = find(memory);
    if (old != NULL)
        old->memory = &gone;
    while (blocks[at].memory != NULL && blocks[at].memory != &gone)
        at = (at + 1) % BLOCKS;
    if (blocks[at].memory == NULL)
        touched[touched_count++] = at;
    blocks[at] = (struct block){memory, size, pc};
}

static void forget(const void *memory)
{
    struct block *block = find(memory);

    if (block == NULL)
        return;
    object_forget(memory, block->size);
    block->memory = &gone;
}

bool memory_leaked(const void **pc, size_t *size, unsigned *count)
{
    const struct block *first = NULL;

    *count = 0;
    for (unsigned i = 0; i < touched_count; i++) {
        const struct block *block = &blocks[touched[i]];
        if (block->memory == NULL || block->memory == &gone)
            continue;
        first = first == NULL ? block : first;
        ++*count;
    }
    if (first == NULL)
        return false;
    *pc = first->pc;
    *size = first->size;
    return true;
}

uint64_t memory_mix(uint64_t hash)
{
    for (unsigned i = 0; i < touched_count; i++) {
        const struct block *block = &blocks[touched[i]];
        if (block->memory != NULL && block->memory != &gone)
            hash = livelock_mix_memory(hash, block->memory, block->size);
    }
    return hash;
}

static bool fails(const void *pc)
{
    model.allocations++;
    bool failed = model.fail_allocation > 0 && --model.fail_allocation == 0;

    if (!failed && (model.options.faults & EXPLORE_MEMORY) != 0 &&
        model.faults_left > 0 && model_choose(CHOICE_MEMORY, 2) == 1) {
        model.faults_left--;
        failed = true;
    }
    if (!failed)
        return false;
    model_event(OP_FAULT, NULL, pc, NOTE_FAILED);
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    if (!model_is_on())
        return __real_malloc(size);
    if (fails(CALLER))
        return NULL;
    void *memory = __real_malloc(size);
    note(memory, size, CALLER);
    return memory;
}

void *__wrap_calloc(size_t n, size_t size)
{
    if (!model_is_on())
        return __real_calloc(n, size);
    if (fails(CALLER))
        return NULL;
    void *memory = __real_calloc(n, size);
    note(memory, n * size, CALLER);
    return memory;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    if (!model_is_on())
        return __real_aligned_alloc(alignment, size);
    if (fails(CALLER))
        return NULL;
    void *memory = __real_aligned_alloc(alignment, size);
    note(memory, size, CALLER);
    return memory;
}

/* The old block is looked up before, as its address means nothing after. */
static void *reallocate(void *old, size_t size, const void *pc)
{
    if (fails(pc))
        return NULL;
    const struct block *block = old == NULL ? NULL : find(old);
    const struct block kept =
        block == NULL ? (struct block){NULL, 0, NULL} : *block;
    if (old != NULL)
        forget(old);
    void *memory = __real_realloc(old, size);
    if (memory == NULL && size > 0)
        note(kept.memory, kept.size, kept.pc); /* it is still there */
    note(memory, size, pc);
    return memory;
}

void *__wrap_realloc(void *old, size_t size)
{
    return model_is_on() ? reallocate(old, size, CALLER)
                         : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
    size_t bytes;

    if (!model_is_on())
        return __real_reallocarray(old, n, size);
    if (!__builtin_mul_overflow(n, size, &bytes))
        return reallocate(old, bytes, CALLER);
    errno = ENOMEM;
    return NULL;
}

int __wrap_posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (!model_is_on())
        return __real_posix_memalign(memory, alignment, size);
    int before = errno;

    if (fails(CALLER)) {
        errno = before;
        return ENOMEM;
    }
    int error = __real_posix_memalign(memory, alignment, size);
    if (error == 0)
        note(*memory, size, CALLER);
    return error;
}

char *__wrap_strdup(const char *text)
{
    if (!model_is_on())
        return __real_strdup(text);
    if (fails(CALLER))
        return NULL;
    char *copy = __real_strdup(text);
    note(copy, strlen(text) + 1, CALLER);
    return copy;
}

char *__wrap_strndup(const char *text, size_t most)
{
    if (!model_is_on())
        return __real_strndup(text, most);
    if (fails(CALLER))
        return NULL;
    char *copy = __real_strndup(text, most);
    note(copy, strnlen(text, most) + 1, CALLER);
    return copy;
}

void __wrap_free(void *memory)
{
    if (model_is_on() && memory != NULL)
        forget(memory);
    __real_free(memory);
}

unsigned long explore_allocations(void)
{
    search_counted();
    return model.allocations;
}

void explore_fail_allocation(unsigned nth)
{
    search_counted();
    model.fail_allocation = nth;
}
