/* Does the program go round for ever? In the second half of a very long
 * schedule every thread that can run has its turn, one after the other. If the
 * whole state is then what it was before, and time and again, the program will
 * never leave that circle: each thread runs fairly, and nothing comes of it. So
 * a program that only takes long (it counts somewhere) is not called a
 * livelock.
 *
 * The state is what the model knows, the static data that is put back before
 * each schedule, the memory allocated in this one, and each thread's stack and
 * registers. What lies elsewhere is not seen (files, pipes, data of libraries);
 * hence the many rounds. The verdict waits for the step limit, so that it comes
 * at the same step each time whatever was left on the stacks before. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "random.h"

enum {
    ROUNDS = 16,         /* times that the same state must have come back */
    BYTES_MOST = 1 << 28 /* looked at in a schedule; then we give up */
};

/* The search for a circle, by Brent: a state is kept for twice as many looks as
 * the one before. Guarded by the token. */
static struct {
    const struct thread *at; /* who looks, at each of its turns; NULL: nobody */
    uint64_t kept;
    unsigned looks; /* since it was kept */
    unsigned most;
    unsigned rounds; /* how often it came back */
    size_t bytes;
} circle;

void *__asan_get_current_fake_stack(void) __attribute__((weak));
void *__asan_addr_is_in_fake_stack(void *stack, void *address, void **begin,
                                   void **end) __attribute__((weak));

void *livelock_fake_stack(void)
{
    return __asan_get_current_fake_stack == NULL
               ? NULL
               : __asan_get_current_fake_stack();
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

uint64_t livelock_mix_memory(uint64_t hash, const void *from, size_t size)
{
    const char *at = from;
    uint64_t word;

    circle.bytes += size;
    for (; size >= sizeof word; size -= sizeof word, at += sizeof word) {
        __builtin_memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    for (; size > 0; size--)
        hash = mix(hash, (unsigned char)*at++);
    return hash;
}

/* Where AddressSanitizer has put the frame that the word points to. */
static bool is_in_fake_stack(const struct thread *thread, uint64_t word,
                             void **begin, void **end)
{
    return thread->fake_stack != NULL &&
           __asan_addr_is_in_fake_stack(
               thread->fake_stack, (void *)(uintptr_t)word, begin, end) != NULL;
}

/* A frame that lies outside of the stack: what points to such frames says
 * nothing, since each call may have another. */
static uint64_t mix_frame(uint64_t hash, const struct thread *thread,
                          const char *at, const char *stop)
{
    void *begin;
    void *end;
    uint64_t word;

    circle.bytes += (size_t)(stop - at);
    for (; at + sizeof word <= stop; at += sizeof word) {
        __builtin_memcpy(&word, at, sizeof word);
        if (!is_in_fake_stack(thread, word, &begin, &end))
            hash = mix(hash, word);
    }
    return hash;
}

static uint64_t mix_stack(uint64_t hash, const struct thread *thread)
{
    void *begin;
    void *end;
    uint64_t word;

    if (thread->stack == NULL) /* it has not begun */
        return hash;
    for (const char *at = thread->stack; at < thread->base; at += sizeof word) {
        __builtin_memcpy(&word, at, sizeof word);
        if (is_in_fake_stack(thread, word, &begin, &end))
            hash = mix_frame(hash, thread, begin, end);
        else
            hash = mix(hash, word);
    }
    circle.bytes += (size_t)(thread->base - thread->stack);
    return hash;
}

static uint64_t mix_thread(uint64_t hash, const struct thread *thread)
{
    uint64_t due = thread->deadline == MODEL_NEVER
                       ? 0
                       : (uint64_t)(thread->deadline - model.now);

    hash = mix(hash, (uint64_t)thread->op << 32 | thread->number);
    hash = mix(hash, (uintptr_t)thread->pc);
    hash = mix(hash,
               thread->object == NULL ? 0 : (uintptr_t)thread->object->address);
    hash = mix(hash, thread->woken + 2u * model_is_enabled(thread));
    hash = mix(hash, thread->mask ^ thread->pending << 1);
    hash = mix(hash, thread->drawn);
    hash = mix(hash, thread->looks); /* in the end, they make time pass */
    hash = mix(hash, thread->registers);
    return mix_stack(mix(hash, due), thread);
}

static uint64_t mix_object(uint64_t hash, const struct object *object)
{
    hash = mix(hash, (uintptr_t)object->address);
    hash = mix(hash, (uint64_t)object->kind << 32 | object->depth);
    hash = mix(hash, object->holder == NULL ? 0 : object->holder->number + 1);
    return mix(hash, (uint64_t)object->value);
}

static uint64_t hash_state(void)
{
    uint64_t hash = mix(model.parked, model.random);
    const struct object *object;
    unsigned at = 0;

    for (unsigned i = 0; i < model.count; i++)
        if (model.threads[i]->state == THREAD_PARKED)
            hash = mix_thread(hash, model.threads[i]);
    while ((object = object_each(&at)) != NULL)
        hash = mix_object(hash, object);
    return memory_mix(state_mix(hash));
}

/* --- The verdict --- */

static size_t add_thread(char *text, size_t used, const struct thread *thread)
{
    int n = snprintf(text + used, EXPLORE_TEXT - used,
                     "%sthread %u at " VERDICT_LINE, used == 0 ? "" : ", ",
                     thread->number, thread->pc);

    used += n < 0 ? 0 : (size_t)n;
    return used < EXPLORE_TEXT ? used : EXPLORE_TEXT - 1;
}

void livelock_tell(void)
{
    enum { MOST = 4 };
    char text[EXPLORE_TEXT] = "";
    size_t used = 0;
    unsigned n = 0;

    if (circle.rounds < ROUNDS)
        return;
    for (unsigned i = 0; i < model.count; i++)
        if (model_is_enabled(model.threads[i]) && ++n <= MOST)
            used = add_thread(text, used, model.threads[i]);
    verdict_end(EXPLORE_LIVELOCK,
                "livelock: each thread that can run has its turns, and the "
                "program comes back to the same state for ever: %s%s",
                text, n > MOST ? ", and others" : "");
}

void livelock_begin(void)
{
    memset(&circle, 0, sizeof circle);
}

static void look(void)
{
    uint64_t state = hash_state();

    if (circle.most == 0 ||
        (state != circle.kept && circle.looks >= circle.most)) {
        circle.kept = state;
        circle.most = 2 * circle.most + 1;
        circle.looks = 0;
        circle.rounds = 0;
        return;
    }
    circle.looks++;
    circle.rounds += state == circle.kept;
}

/* The caller's registers may hold what the program has there. */
void livelock_look(struct thread *self)
{
    enum { REGISTERS = 8 };
    jmp_buf registers;

    memset(registers, 0, sizeof registers);
    (void)_setjmp(registers);
    if (circle.at == NULL ||
        (circle.at->state == THREAD_ENDED && circle.rounds < ROUNDS)) {
        livelock_begin();
        circle.at = self;
    }
    self->registers =
        livelock_mix_memory(0, registers, REGISTERS * sizeof(uint64_t));
    if (self == circle.at && circle.rounds < ROUNDS &&
        circle.bytes < BYTES_MOST)
        look();
}
