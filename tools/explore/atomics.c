/* Atomic operations as schedule points. ThreadSanitizer's build calls a
 * function for each, which is wrapped here; in other builds they are
 * instructions, and no points.
 *
 * The real function reports the line that it was called from: so each wrapper
 * must end in a jump to it, not in a call. The compiler makes it one as long as
 * these files are optimised; tests/explore looks at the machine code.
 *
 * The order of memory is sequential consistency: what a weaker order allows on
 * some machines is not explored, though ThreadSanitizer judges by the order
 * that the program asked for. */
#include "model.h"
#include "wrap.h"

/* Locations that are told apart; the rest are taken for one. */
enum { LOCATIONS = 1024 };

static struct object *object_at(const volatile void *address)
{
    static char others;
    const void *place = (const void *)(uintptr_t)address;
    struct object *known = object_known(place);

    if (known != NULL && known->kind == OBJECT_ATOMIC)
        return known;
    return object_find(model.numbers[OBJECT_ATOMIC] < LOCATIONS ? place
                                                                : &others,
                       OBJECT_ATOMIC);
}

static void point(const volatile void *address, enum model_op op,
                  const void *pc)
{
    if (!model_is_on())
        return;
    struct object *object = object_at(address);
    model_point(op, object, pc);
    model_event(op, object, pc, NOTE_NONE);
}

/* NOLINTBEGIN(bugprone-macro-parentheses): no type can stand in parentheses */

/* ATOMIC(type, name, parameters, arguments, op): a wrapper of
 * __tsan_atomicNAME. In builds without ThreadSanitizer there is no such
 * function, and no call. */
#define ATOMIC(type, name, parameters, arguments, op)                          \
    type __real___tsan_atomic##name parameters __attribute__((weak));          \
    type __wrap___tsan_atomic##name parameters;                                \
    type __wrap___tsan_atomic##name parameters                                 \
    {                                                                          \
        point(at, op, CALLER);                                                 \
        return __real___tsan_atomic##name arguments;                           \
    }

#define CHANGE(bits, type, name)                                               \
    ATOMIC(type, bits##_##name, (volatile type * at, type value, int order),   \
           (at, value, order), OP_ATOMIC)

#define COMPARE(bits, type, name)                                              \
    ATOMIC(int, bits##_##name,                                                 \
           (volatile type * at, type * expected, type value, int order,        \
            int failure),                                                      \
           (at, expected, value, order, failure), OP_ATOMIC)

#define ATOMICS(bits, type)                                                    \
    ATOMIC(type, bits##_load, (const volatile type *at, int order),            \
           (at, order), OP_ATOMIC_LOAD)                                        \
    void __real___tsan_atomic##bits##_store(volatile type *at, type value,     \
                                            int order) __attribute__((weak));  \
    void __wrap___tsan_atomic##bits##_store(volatile type *at, type value,     \
                                            int order);                        \
    void __wrap___tsan_atomic##bits##_store(volatile type *at, type value,     \
                                            int order)                         \
    {                                                                          \
        point(at, OP_ATOMIC, CALLER);                                          \
        __real___tsan_atomic##bits##_store(at, value, order);                  \
    }                                                                          \
    CHANGE(bits, type, exchange)                                               \
    CHANGE(bits, type, fetch_add)                                              \
    CHANGE(bits, type, fetch_sub)                                              \
    CHANGE(bits, type, fetch_and)                                              \
    CHANGE(bits, type, fetch_or)                                               \
    CHANGE(bits, type, fetch_xor)                                              \
    CHANGE(bits, type, fetch_nand)                                             \
    COMPARE(bits, type, compare_exchange_strong)                               \
    COMPARE(bits, type, compare_exchange_weak)                                 \
    ATOMIC(type, bits##_compare_exchange_val,                                  \
           (volatile type * at, type expected, type value, int order,          \
            int failure),                                                      \
           (at, expected, value, order, failure), OP_ATOMIC)

/* NOLINTEND(bugprone-macro-parentheses) */

__extension__ typedef unsigned __int128 uint128;

ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)
ATOMICS(128, uint128)
