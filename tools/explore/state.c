/* The static data of the program under test, put back before each schedule; and
 * its thread-local data, before each thread's part.
 *
 * Which data that is the linker tells: the objects are built with their .data,
 * .bss, .tdata and .tbss renamed (see explore.mk), and the linker names the two
 * ends of a section whose name is a C identifier. */
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

extern char __start_explore_data[] __attribute__((weak));
extern char __stop_explore_data[] __attribute__((weak));
extern char __start_explore_bss[] __attribute__((weak));
extern char __stop_explore_bss[] __attribute__((weak));
/* As the linker has laid it out; each thread has a copy of its own. */
extern char __start_explore_tdata[];
extern char __stop_explore_tdata[];

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

/* --- Thread-local data --- */

/* Something in the section that is not zero: the linker gives a section of
 * nothing but zeros the same addresses as .tbss. */
static _Thread_local char initialised
    __attribute__((used, section("explore_tdata"))) = 1;

bool state_is_thread_local(void)
{
    return __stop_explore_tdata - __start_explore_tdata >
           (ptrdiff_t)sizeof initialised;
}

/* Where the calling thread has what the linker has laid out at an address. */
struct translation {
    const char *laid_out;
    char *own; /* NULL: nowhere */
};

static int translate(struct dl_phdr_info *object, size_t size, void *to)
{
    struct translation *translation = to;

    (void)size;
    for (unsigned i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        const char *start = (const char *)(object->dlpi_addr + part->p_vaddr);
        if (part->p_type != PT_TLS || translation->laid_out < start ||
            translation->laid_out > start + part->p_memsz)
            continue;
        translation->own =
            (char *)object->dlpi_tls_data + (translation->laid_out - start);
        return 1;
    }
    return 0;
}

static char *own_copy(const char *laid_out)
{
    struct translation translation = {laid_out, NULL};

    (void)dl_iterate_phdr(translate, &translation);
    return translation.own;
}

/* Of the calling thread; kept, since it is wanted for each part. */
static _Thread_local char *own_tdata;

void state_restore_thread_local(void)
{
    if (!state_is_thread_local())
        return;
    if (own_tdata == NULL)
        own_tdata = own_copy(__start_explore_tdata);
    copy(own_tdata, __start_explore_tdata,
         (size_t)(__stop_explore_tdata - __start_explore_tdata));
}
