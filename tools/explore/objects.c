/* Locks, conditions and the like, found by their address. */
#include <string.h>

#include "model.h"

/* Open addressing; an entry that was forgotten keeps its place (kind NONE), so
 * that what was put behind it is still found. Guarded by the token. */
static struct object objects[MODEL_OBJECTS];
static unsigned used[MODEL_OBJECTS]; /* entries with an address, in order */
static unsigned used_count;

static unsigned place_of(const void *address)
{
    uint64_t bits = (uintptr_t)address * 0x9e3779b97f4a7c15u;

    return (unsigned)(bits >> 40) % MODEL_OBJECTS;
}

/* The entry with the address, or the empty one where it would stand. */
static struct object *locate(const void *address)
{
    unsigned at = place_of(address);

    while (objects[at].address != NULL && objects[at].address != address)
        at = (at + 1) % MODEL_OBJECTS;
    return &objects[at];
}

struct object *object_known(const void *address)
{
    struct object *object = locate(address);

    return object->address != NULL && object->kind != OBJECT_NONE ? object
                                                                  : NULL;
}

struct object *object_new(const void *address, enum object_kind kind)
{
    struct object *object = locate(address);

    if (object->address == NULL) {
        if (used_count == MODEL_OBJECTS - 1)
            verdict_end(EXPLORE_ENVIRONMENT, "there are too many locks");
        used[used_count++] = (unsigned)(object - objects);
    }
    *object = (struct object){
        .address = address, .kind = kind, .number = ++model.numbers[kind]};
    return object;
}

struct object *object_find(const void *address, enum object_kind kind)
{
    struct object *object = locate(address);

    if (object->address == NULL || object->kind != kind)
        return object_new(address, kind);
    return object;
}

void object_forget(const void *from, size_t size)
{
    const char *start = from;

    for (unsigned i = 0; i < used_count; i++) {
        struct object *object = &objects[used[i]];
        const char *address = object->address;
        if (address >= start && address < start + size)
            object->kind = OBJECT_NONE;
    }
}

void object_forget_all(void)
{
    for (unsigned i = 0; i < used_count; i++)
        objects[used[i]].address = NULL;
    used_count = 0;
    memset(model.numbers, 0, sizeof model.numbers);
}

struct object *object_each(unsigned *at)
{
    while (*at < used_count) {
        struct object *object = &objects[used[(*at)++]];
        if (object->kind != OBJECT_NONE)
            return object;
    }
    return NULL;
}

void object_append(struct object *object, struct thread *thread)
{
    thread->next = NULL;
    if (object->first == NULL)
        object->first = thread;
    else
        object->last->next = thread;
    object->last = thread;
}

bool object_remove(struct object *object, struct thread *thread)
{
    struct thread *before = NULL;
    struct thread *at = object->first;

    while (at != NULL && at != thread) {
        before = at;
        at = at->next;
    }
    if (at == NULL)
        return false;
    if (before == NULL)
        object->first = at->next;
    else
        before->next = at->next;
    if (object->last == at)
        object->last = before;
    return true;
}

unsigned object_waiters(const struct object *object)
{
    unsigned n = 0;

    for (const struct thread *at = object->first; at != NULL; at = at->next)
        n++;
    return n;
}
