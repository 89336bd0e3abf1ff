/* Thread-specific data: its destructors run when a thread's part ends, though
 * its kernel thread goes on. */
#include <errno.h>
#include <limits.h>

#include "model.h"
#include "wrap.h"

WRAP(int, pthread_key_create, (pthread_key_t * key, void (*destroy)(void *)));
WRAP(int, pthread_key_delete, (pthread_key_t key));
WRAP(void *, pthread_getspecific, (pthread_key_t key));
WRAP(int, pthread_setspecific, (pthread_key_t key, const void *value));

struct key {
    bool used;
    void (*destroy)(void *);
};

/* Guarded by the token. */
static struct key keys[MODEL_KEYS];

/* Keys that the code made are told from those that others have: they are high. */
enum { FIRST_KEY = 1 << 20 };

void specific_begin(void)
{
    for (unsigned i = 0; i < MODEL_KEYS; i++)
        keys[i] = (struct key){false, NULL};
}

static struct key *find(pthread_key_t key)
{
    if (key < FIRST_KEY || key >= FIRST_KEY + MODEL_KEYS ||
        !keys[key - FIRST_KEY].used)
        return NULL;
    return &keys[key - FIRST_KEY];
}

int __wrap_pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
    if (!model_is_on())
        return __real_pthread_key_create(key, destroy);
    for (unsigned i = 0; i < MODEL_KEYS; i++) {
        if (keys[i].used)
            continue;
        keys[i] = (struct key){true, destroy};
        for (unsigned t = 0; t < model.count; t++)
            model.threads[t]->specific[i] = NULL;
        *key = FIRST_KEY + i;
        return 0;
    }
    return EAGAIN;
}

int __wrap_pthread_key_delete(pthread_key_t key)
{
    if (!model_is_on() || key < FIRST_KEY)
        return __real_pthread_key_delete(key);
    struct key *found = find(key);

    if (found == NULL)
        return EINVAL;
    found->used = false;
    return 0;
}

void *__wrap_pthread_getspecific(pthread_key_t key)
{
    if (!model_is_on() || key < FIRST_KEY)
        return __real_pthread_getspecific(key);
    return find(key) == NULL ? NULL : model_self->specific[key - FIRST_KEY];
}

int __wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
    if (!model_is_on() || key < FIRST_KEY)
        return __real_pthread_setspecific(key, value);
    if (find(key) == NULL)
        return EINVAL;
    model_self->specific[key - FIRST_KEY] = (void *)(uintptr_t)value;
    return 0;
}

/* As POSIX says: again, as long as a destructor has left a value. */
void threads_run_destructors(struct thread *thread)
{
    for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        bool again = false;
        for (unsigned i = 0; i < MODEL_KEYS; i++) {
            void *value = thread->specific[i];
            if (value == NULL || !keys[i].used || keys[i].destroy == NULL)
                continue;
            thread->specific[i] = NULL;
            keys[i].destroy(value);
            again = true;
        }
        if (!again)
            return;
    }
}
