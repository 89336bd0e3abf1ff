/* The static data of the program under test, put back before each schedule.
 *
 * Which data that is the linker tells: the objects are built with their .data
 * and .bss renamed (see explore.mk), and the linker names the two ends of a
 * section whose name is a C identifier. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

extern char __start_explore_data[] __attribute__((weak));
extern char __stop_explore_data[] __attribute__((weak));
extern char __start_explore_bss[] __attribute__((weak));
extern char __stop_explore_bss[] __attribute__((weak));

/* Not memcpy(): a sanitizer's version of it would look at every byte. */
static void copy(char *to, const char *from, size_t size)
{
    const size_t word = sizeof(uint64_t);
    size_t i = 0;

    for (; i + word <= size; i += word) {
        uint64_t value;
        __builtin_memcpy(&value, from + i, sizeof value);
        __builtin_memcpy(to + i, &value, sizeof value);
    }
    for (; i < size; i++)
        ((volatile char *)to)[i] = from[i];
}

/* One section, and the copy of it. */
struct section {
    char *start; /* NULL: the program has none */
    char *stop;
    char *saved; /* kept for the process's life */
};

static struct section sections[] = {
    {__start_explore_data, __stop_explore_data, NULL},
    {__start_explore_bss, __stop_explore_bss, NULL},
};

enum { SECTIONS = sizeof sections / sizeof *sections };

bool state_holds(const void *address)
{
    const char *byte = address;

    for (unsigned i = 0; i < SECTIONS; i++)
        if (sections[i].start != NULL && byte >= sections[i].start &&
            byte < sections[i].stop)
            return true;
    return false;
}

static size_t size_of(const struct section *section)
{
    return (size_t)(section->stop - section->start);
}

/* False: there is no memory for the copy. */
bool state_save(void)
{
    for (unsigned i = 0; i < SECTIONS; i++) {
        struct section *section = &sections[i];
        size_t size = size_of(section);
        if (size == 0)
            continue;
        if (section->saved == NULL)
            section->saved = malloc(size);
        if (section->saved == NULL)
            return false;
        copy(section->saved, section->start, size);
    }
    return true;
}

uint64_t state_mix(uint64_t hash)
{
    for (unsigned i = 0; i < SECTIONS; i++)
        hash =
            livelock_mix_memory(hash, sections[i].start, size_of(&sections[i]));
    return hash;
}

void state_restore(void)
{
    for (unsigned i = 0; i < SECTIONS; i++)
        if (sections[i].saved != NULL)
            copy(sections[i].start, sections[i].saved, size_of(&sections[i]));
}
