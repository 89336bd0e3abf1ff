#include "script.h"

#include "random.h"

/* Guarded by the token. */
static const struct script *script; /* NULL: none */
static unsigned at;     /* the segment that comes next or is played */
static unsigned used;   /* of its steps */
static unsigned faults; /* choices so far that are no thread */
static uint64_t chance;

void script_begin(const struct script *new_script)
{
    script = new_script;
    at = 0;
    used = 0;
    faults = 0;
    if (script != NULL)
        chance = random_mix(script->seed);
}

bool script_is_on(void)
{
    return script != NULL;
}

/* The thread whose turn it is has had a step. */
static void advance(void)
{
    if (++used == script->segments[at].steps) {
        at++;
        used = 0;
    }
}

static unsigned place_of(uint16_t number, unsigned n,
                         struct thread *const *threads)
{
    unsigned i = 0;

    while (i < n && threads[i]->number != number)
        i++;
    return i;
}

/* What cannot be played any more is passed over. */
unsigned script_pick(unsigned n, struct thread *const *threads)
{
    while (at < script->count) {
        unsigned i = place_of(script->segments[at].thread, n, threads);
        if (i < n) {
            advance();
            return i;
        }
        at++;
        used = 0;
    }
    return script->seed == 0 ? 0 : (unsigned)(random_next(&chance) % n);
}

void script_only_one(const struct thread *thread)
{
    if (at < script->count && script->segments[at].thread == thread->number)
        advance();
}

unsigned script_fault(unsigned n)
{
    unsigned nth = faults++;

    for (unsigned i = 0; i < script->fault_count; i++)
        if (script->faults[i].nth == nth && script->faults[i].value < n)
            return script->faults[i].value;
    return 0;
}

static bool read_faults(struct script *to)
{
    const struct shared *shared = model.shared;
    unsigned nth = 0;

    to->fault_count = 0;
    for (unsigned i = 0; i < shared->choice_count; i++) {
        const struct choice *choice = &shared->choices[i];
        if (choice->kind == CHOICE_THREAD)
            continue;
        if (choice->value != 0 && to->fault_count == SCRIPT_FAULTS)
            return false;
        if (choice->value != 0)
            to->faults[to->fault_count++] =
                (struct script_fault){nth, choice->value};
        nth++;
    }
    return true;
}

static bool add_step(struct script *to, uint16_t thread)
{
    struct segment *last = &to->segments[to->count - 1];

    if (to->count > 0 && last->thread == thread && last->steps < UINT16_MAX) {
        last->steps++;
        return true;
    }
    if (to->count == SCRIPT_SEGMENTS)
        return false;
    to->segments[to->count++] = (struct segment){thread, 1};
    return true;
}

bool script_of_run(struct script *to)
{
    const struct shared *shared = model.shared;

    to->count = 0;
    to->seed = 0;
    for (unsigned i = 0; i < shared->pick_count; i++)
        if (!add_step(to, shared->picks[i]))
            return false;
    return read_faults(to);
}

void script_cut(struct script *of, unsigned steps)
{
    unsigned i = 0;

    while (i < of->count && of->segments[i].steps <= steps)
        steps -= of->segments[i++].steps;
    if (i < of->count && steps > 0)
        of->segments[i++].steps = (uint16_t)steps;
    of->count = i;
}
