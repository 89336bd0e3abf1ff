/* Thread-specific data: its destructors run when a thread's part ends, though
 * its kernel thread goes on. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "model.h"
#include "wrap.h"

WRAP(int, pthread_key_create, (pthread_key_t * key, void (*destroy)(void *)));
WRAP(int, pthread_key_delete, (pthread_key_t key));
WRAP(void *, pthread_getspecific, (pthread_key_t key));
WRAP(int, pthread_setspecific, (pthread_key_t key, const void *value));

struct key {
    pthread_key_t number; /* that the program knows it by */
    bool known;           /* else the entry is free */
    bool deleted;         /* in this schedule; it was made before */
    void (*destroy)(void *);
};

/* Keys made in a schedule have numbers that the C library never gives. */
enum { FIRST_KEY = 1 << 20 };

/* What the program made before explore_run(). */
static struct key first_keys[MODEL_KEYS];

/* In this schedule; a thread has the value of keys[i] in specific[i]. Guarded
 * by the token. */
static struct key keys[MODEL_KEYS];

/* The keys are not those that were made before: they are to be put back. */
static bool changed;

/* A sanitizer's runtime makes keys, too, before anything else of the program
 * runs: they stay the C library's. Volatile: clang would run the constructor
 * while it compiles. */
static volatile bool is_started;

__attribute__((constructor(101))) static void start(void)
{
    is_started = true;
}

void specific_begin(void)
{
    if (changed)
        memcpy(keys, first_keys, sizeof keys);
    changed = false;
}

/* The entry with the number, in use or deleted; NULL: it is none of ours. */
static struct key *find(struct key *among, pthread_key_t number)
{
    for (unsigned i = 0; i < MODEL_KEYS; i++)
        if (among[i].known && among[i].number == number)
            return &among[i];
    return NULL;
}

static struct key *find_free(struct key *among)
{
    for (unsigned i = 0; i < MODEL_KEYS; i++)
        if (!among[i].known)
            return &among[i];
    return NULL;
}

static int make_key(pthread_key_t *number, void (*destroy)(void *))
{
    struct key *key = find_free(keys);

    if (key == NULL)
        return EAGAIN;
    changed = true;
    unsigned i = (unsigned)(key - keys);
    for (unsigned t = 0; t < model.count; t++)
        model.threads[t]->specific[i] = NULL;
    *key = (struct key){FIRST_KEY + i, true, false, destroy};
    *number = key->number;
    return 0;
}

int __wrap_pthread_key_create(pthread_key_t *number, void (*destroy)(void *))
{
    if (model_is_on())
        return make_key(number, destroy);
    int error = __real_pthread_key_create(number, destroy);
    struct key *key = find_free(first_keys);
    changed = true;
    if (error == 0 && is_started && key != NULL)
        *key = (struct key){*number, true, false, destroy};
    return error;
}

int __wrap_pthread_key_delete(pthread_key_t number)
{
    struct key *key = find(model_is_on() ? keys : first_keys, number);

    changed = true;
    if (!model_is_on()) {
        if (key != NULL)
            key->known = false;
        return __real_pthread_key_delete(number);
    }
    if (key == NULL || key->deleted)
        return EINVAL;
    if (number >= FIRST_KEY)
        key->known = false;
    else
        key->deleted = true;
    return 0;
}

void *__wrap_pthread_getspecific(pthread_key_t number)
{
    struct key *key = model_is_on() ? find(keys, number) : NULL;

    if (key == NULL)
        return number < FIRST_KEY ? __real_pthread_getspecific(number) : NULL;
    return key->deleted ? NULL : model_self->specific[key - keys];
}

int __wrap_pthread_setspecific(pthread_key_t number, const void *value)
{
    struct key *key = model_is_on() ? find(keys, number) : NULL;

    if (key == NULL)
        return number < FIRST_KEY ? __real_pthread_setspecific(number, value)
                                  : EINVAL;
    if (key->deleted)
        return EINVAL;
    model_self->has_specific = true;
    model_self->specific[key - keys] = (void *)(uintptr_t)value;
    return 0;
}

/* As POSIX says: again, as long as a destructor has left a value. */
void threads_run_destructors(struct thread *thread)
{
    if (!thread->has_specific)
        return;
    for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        bool again = false;
        for (unsigned i = 0; i < MODEL_KEYS; i++) {
            void *value = thread->specific[i];
            if (value == NULL || !keys[i].known || keys[i].deleted ||
                keys[i].destroy == NULL)
                continue;
            thread->specific[i] = NULL;
            keys[i].destroy(value);
            again = true;
        }
        if (!again)
            return;
    }
}
