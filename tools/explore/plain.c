/* What compilers and we ourselves call to copy and to fill memory. A sanitizer
 * has its own versions of these, which look at every byte, and take what is
 * written here for an access of the program's: explore.mk has the library call
 * these instead. */
#include <stddef.h>
#include <stdint.h>

void *plain_memcpy(void *to, const void *from, size_t size);
void *plain_memmove(void *to, const void *from, size_t size);
void *plain_memset(void *to, int value, size_t size);

typedef uint64_t word __attribute__((may_alias, aligned(1)));

/* Keeps the compiler from seeing that a loop is a memcpy(). */
#define OPAQUE(value) __asm__("" : "+r"(value))

static void copy_upwards(char *to, const char *from, size_t size)
{
    size_t i = 0;

    for (; i + sizeof(word) <= size; i += sizeof(word)) {
        OPAQUE(i);
        *(word *)(void *)(to + i) = *(const word *)(const void *)(from + i);
    }
    for (; i < size; i++) {
        OPAQUE(i);
        to[i] = from[i];
    }
}

void *plain_memcpy(void *to, const void *from, size_t size)
{
    copy_upwards(to, from, size);
    return to;
}

void *plain_memmove(void *to, const void *from, size_t size)
{
    char *t = to;
    const char *f = from;

    if (t <= f || t >= f + size) {
        copy_upwards(t, f, size);
        return to;
    }
    for (size_t i = size; i > 0; i--) {
        OPAQUE(i);
        t[i - 1] = f[i - 1];
    }
    return to;
}

void *plain_memset(void *to, int value, size_t size)
{
    char *t = to;
    word filled = (unsigned char)value * (word)0x0101010101010101u;
    size_t i = 0;

    for (; i + sizeof(word) <= size; i += sizeof(word)) {
        OPAQUE(i);
        *(word *)(void *)(t + i) = filled;
    }
    for (; i < size; i++) {
        OPAQUE(i);
        t[i] = (char)value;
    }
    return to;
}
