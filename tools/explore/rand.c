/* Random numbers. Every schedule draws the same: each thread has a sequence of
 * its own, so that what one draws does not depend on the others. When it is
 * asked for, a number may be the smallest or the largest instead, by choice. */
#include <stdlib.h>
#include <sys/random.h>
#include <sys/types.h>
#include <unistd.h>

#include "calls.h"
#include "random.h"
#include "wrap.h"

WRAP(int, rand, (void));
WRAP(void, srand, (unsigned seed));
WRAP(int, rand_r, (unsigned *seed));
WRAP(long, random, (void));
WRAP(void, srandom, (unsigned seed));
WRAP(double, drand48, (void));
WRAP(long, lrand48, (void));
WRAP(long, mrand48, (void));
WRAP(void, srand48, (long seed));
WRAP(ssize_t, getrandom, (void *to, size_t size, unsigned flags));
WRAP(int, getentropy, (void *to, size_t size));

static uint64_t seeds; /* since the schedule began. Guarded by the token */

/* Never options.seed: a schedule is told by its string alone. */
void rand_begin(void)
{
    model.random = 1;
    seeds = 0;
}

static void seed(uint64_t value)
{
    model.random = value;
    seeds++;
}

/* 64 bits of the calling thread's sequence, which each seed begins anew. */
static uint64_t draw(void)
{
    struct thread *self = model_self;

    if (self->seed != seeds)
        self->drawn = 0;
    self->seed = seeds;
    uint64_t state =
        random_mix(model.random * 0x9e3779b97f4a7c15u + self->number) +
        self->drawn++;
    return random_next(&state);
}

/* A number from 0 to most. */
static uint64_t number(uint64_t most, const void *pc)
{
    enum { SMALLEST = 1, LARGEST, CHANCES };

    uint64_t value = draw() % (most + 1);
    if ((model.options.faults & EXPLORE_RANDOMS) == 0)
        return value;
    unsigned choice = model_choose(CHOICE_RANDOM, CHANCES);
    if (choice == 0)
        return value;
    model_event(OP_FAULT, NULL, pc, NOTE_NONE);
    return choice == SMALLEST ? 0 : most;
}

int __wrap_rand(void)
{
    return model_is_on() ? (int)number(RAND_MAX, CALLER) : __real_rand();
}

void __wrap_srand(unsigned value)
{
    if (model_is_on())
        seed(value);
    else
        __real_srand(value);
}

/* Its state is the caller's, who may well race for it. */
int __wrap_rand_r(unsigned *state)
{
    int value = __real_rand_r(state);

    if (!model_is_on() || (model.options.faults & EXPLORE_RANDOMS) == 0)
        return value;
    int other = (int)number(RAND_MAX, CALLER);
    return other == 0 || other == RAND_MAX ? other : value;
}

long __wrap_random(void)
{
    return model_is_on() ? (long)number(RAND_MAX, CALLER) : __real_random();
}

void __wrap_srandom(unsigned value)
{
    if (model_is_on())
        seed(value);
    else
        __real_srandom(value);
}

double __wrap_drand48(void)
{
    const uint64_t steps = (uint64_t)1 << 48;

    return model_is_on() ? (double)number(steps - 1, CALLER) / (double)steps
                         : __real_drand48();
}

long __wrap_lrand48(void)
{
    return model_is_on() ? (long)number(INT32_MAX, CALLER) : __real_lrand48();
}

long __wrap_mrand48(void)
{
    return model_is_on() ? (long)number(UINT32_MAX, CALLER) + INT32_MIN
                         : __real_mrand48();
}

void __wrap_srand48(long value)
{
    if (model_is_on())
        seed((uint64_t)value);
    else
        __real_srand48(value);
}

static void fill(unsigned char *to, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (unsigned char)draw();
}

ssize_t __wrap_getrandom(void *to, size_t size, unsigned flags)
{
    if (!model_is_on())
        return __real_getrandom(to, size, flags);
    fill(to, size);
    return (ssize_t)size;
}

int __wrap_getentropy(void *to, size_t size)
{
    enum { MOST = 256 };

    if (!model_is_on())
        return __real_getentropy(to, size);
    if (size > MOST)
        return call_result(EIO);
    fill(to, size);
    return 0;
}
