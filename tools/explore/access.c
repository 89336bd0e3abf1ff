/* Plain accesses to memory as schedule points, for those who ask for it: link
 * with the names in accesses.txt wrapped, too. ThreadSanitizer's build calls a
 * function for each access; the forms that take a line keep the program's. */
#include "model.h"
#include "wrap.h"

/* Locations that are told apart; the rest are taken for one. */
enum { LOCATIONS = 1024, WORD = 8 };

static struct object *object_at(void *address)
{
    static char others;
    void *word = (void *)((uintptr_t)address / WORD * WORD);
    struct object *known = object_known(word);

    if (known != NULL) /* also when a lock begins there */
        return known;
    return object_find(model.numbers[OBJECT_MEMORY] < LOCATIONS ? word
                                                                : &others,
                       OBJECT_MEMORY);
}

static void point(void *address, const void *pc)
{
    if (!model_is_on())
        return;
    struct object *object = object_at(address);
    model_point(OP_ACCESS, object, pc);
}

/* The line is looked up at the address itself, not before it as that of a
 * return address is. */
#define ACCESS(name)                                                           \
    void __tsan_##name##_pc(void *address, void *pc) __attribute__((weak));    \
    void __wrap___tsan_##name(void *address);                                  \
    void __wrap___tsan_##name(void *address)                                   \
    {                                                                          \
        point(address, CALLER);                                                \
        __tsan_##name##_pc(address, (char *)CALLER - 1);                       \
    }

/* These have no such form: they are jumped to, as atomic operations are. */
#define JUMP(name, parameters, arguments)                                      \
    void __real___tsan_##name parameters __attribute__((weak));                \
    void __wrap___tsan_##name parameters;                                      \
    void __wrap___tsan_##name parameters                                       \
    {                                                                          \
        point(address, CALLER);                                                \
        __real___tsan_##name arguments;                                        \
    }

ACCESS(read1)
ACCESS(read2)
ACCESS(read4)
ACCESS(read8)
ACCESS(read16)
ACCESS(write1)
ACCESS(write2)
ACCESS(write4)
ACCESS(write8)
ACCESS(write16)
JUMP(unaligned_read2, (void *address), (address))
JUMP(unaligned_read4, (void *address), (address))
JUMP(unaligned_read8, (void *address), (address))
JUMP(unaligned_read16, (void *address), (address))
JUMP(unaligned_write2, (void *address), (address))
JUMP(unaligned_write4, (void *address), (address))
JUMP(unaligned_write8, (void *address), (address))
JUMP(unaligned_write16, (void *address), (address))
JUMP(read_range, (void *address, unsigned long size), (address, size))
JUMP(write_range, (void *address, unsigned long size), (address, size))
