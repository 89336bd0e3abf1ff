/* How a choice is made: by force (a replay, or the search's prefix), else by
 * the strategy of this schedule. */
#include "model.h"
#include "random.h"

enum { LOW = 1 << 20, DEPTHS = 5, RARE = 16, LONG = 200 };

/* Guarded by the token. */
static unsigned current;      /* enum explore_strategy */
static unsigned long variant; /* schedules of this strategy so far */
static uint64_t state;        /* of chance */
static uint64_t lowest;       /* priorities below every other; goes down */
static unsigned long change[DEPTHS]; /* PCT: the steps that lower a priority */
static unsigned changes;
static unsigned long longest; /* steps of the longest schedule so far */
static const struct choice *forced;
static unsigned forced_count;
static unsigned forced_at;

static uint64_t chance(void)
{
    return random_next(&state);
}

void strategy_force(const struct choice *choices, unsigned n)
{
    forced = choices;
    forced_count = n;
}

void strategy_begin(unsigned strategy, uint64_t seed, unsigned long number)
{
    current = strategy;
    variant = number;
    state = random_mix(seed * 0x9e3779b97f4a7c15u + number * 2 + strategy);
    lowest = LOW;
    forced_at = 0;
    script_begin(NULL);
    if (model.steps > longest)
        longest = model.steps;
    changes = (unsigned)(number % DEPTHS);
    for (unsigned i = 0; i < changes; i++)
        change[i] = chance() % (longest + 2);
    if (strategy == EXPLORE_SEARCH || strategy == EXPLORE_ENUMERATE)
        search_start_schedule();
}

unsigned strategy_forced(enum choice_kind kind, unsigned n, bool *is_forced)
{
    *is_forced = forced_at < forced_count;
    if (!*is_forced)
        return 0;
    const struct choice *choice = &forced[forced_at++];

    if (choice->value == 0 && choice->n == 0) /* a default in a string */
        return 0;
    if (choice->kind != kind || choice->value >= n)
        verdict_end(EXPLORE_DIVERGED,
                    "choice %u of the schedule does not fit the program: it "
                    "says %u of kind %u, there are %u of kind %u",
                    forced_at, choice->value, choice->kind, n, kind);
    if (choice->check != (model.hash & 15) && choice->check < 16)
        verdict_end(EXPLORE_DIVERGED,
                    "at choice %u (step %lu) the program has done something "
                    "else than when the schedule was written",
                    forced_at, model.steps);
    return choice->value;
}

static uint64_t priority_of(struct thread *thread)
{
    if (thread->priority == 0)
        thread->priority = (chance() >> 8) + LOW + 1;
    return thread->priority;
}

static unsigned highest(unsigned n, struct thread *const *threads)
{
    unsigned best = 0;

    for (unsigned i = 1; i < n; i++)
        if (priority_of(threads[i]) > priority_of(threads[best]))
            best = i;
    return best;
}

static unsigned pick_pct(unsigned n, struct thread *const *threads)
{
    for (unsigned i = 0; i < changes; i++)
        if (change[i] != 0 && model.steps >= change[i]) {
            change[i] = 0;
            threads[highest(n, threads)]->priority = --lowest;
        }
    unsigned best = highest(n, threads);
    if (threads[best] == model.last && model.streak > LONG)
        threads[best]->priority = --lowest; /* it may spin */
    return highest(n, threads);
}

/* One preemption wherever there can be one; the next time fewer. */
static unsigned pick_round_robin(struct thread *const *threads)
{
    if (variant == 0 || threads[0] != model.last)
        return 0;
    return variant == 1 || chance() % variant == 0;
}

static unsigned pick_thread(unsigned n, struct thread *const *threads)
{
    switch (current) {
    case EXPLORE_ROUND_ROBIN:
        return pick_round_robin(threads);
    case EXPLORE_RANDOM:
        return (unsigned)(chance() % n);
    case EXPLORE_PCT:
        return pick_pct(n, threads);
    case EXPLORE_POS:
        return highest(n, threads);
    default:
        return 0;
    }
}

static bool is_searching(void)
{
    return current == EXPLORE_SEARCH || current == EXPLORE_ENUMERATE;
}

void strategy_only_one(struct thread *thread)
{
    if (script_is_on())
        script_only_one(thread);
    else if (is_searching())
        search_only_one(thread);
}

void strategy_time_passed(void)
{
    if (is_searching())
        search_time_passed();
}

unsigned strategy_pick(enum choice_kind kind, unsigned n,
                       struct thread *const *threads)
{
    if (script_is_on())
        return kind == CHOICE_THREAD ? script_pick(n, threads)
                                     : script_fault(n);
    if (is_searching())
        return search_pick(kind, n, threads);
    if (current == 0 || (current == EXPLORE_ROUND_ROBIN && variant == 0))
        return 0;
    if (kind == CHOICE_THREAD)
        return pick_thread(n, threads);
    if (kind == CHOICE_WAITER)
        return (unsigned)(chance() % n);
    return chance() % RARE == 0 ? 1 + (unsigned)(chance() % (n - 1)) : 0;
}

static bool conflict(const struct thread *a, const struct thread *b)
{
    return a->object != NULL && a->object == b->object;
}

/* A thread has done what it stood at. Partial-order sampling draws anew for it,
 * and for those who were about to do something that its step conflicts with. */
static void draw_again(const struct thread *done)
{
    for (unsigned i = 0; i < model.count; i++) {
        struct thread *thread = model.threads[i];
        if (thread == done ||
            (thread->state == THREAD_PARKED && conflict(thread, done)))
            thread->priority = 0;
    }
}

/* The order of steps on each object decides what a schedule means. */
static void hash_step(struct thread *thread)
{
    uint64_t hash = thread->hash * 31 + thread->op + thread->number * 257UL +
                    (uint64_t)model.now * 65537;

    if (thread->object != NULL) {
        hash ^= random_mix(thread->object->hash);
        thread->object->hash = random_mix(hash + 1);
    }
    thread->hash = random_mix(hash);
    model.order += thread->hash;
}

void strategy_done(const struct thread *thread)
{
    hash_step(model.threads[thread->number]);
    if (current == EXPLORE_POS)
        draw_again(thread);
}

void strategy_yield(struct thread *thread)
{
    thread->yields++;
    if (current == EXPLORE_PCT)
        thread->priority = --lowest;
}
