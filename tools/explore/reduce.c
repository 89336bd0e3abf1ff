/* A failing schedule with fewer context switches that fails in the same way.
 *
 * Candidates are made as in "Tinertia" (Jalbert and Sen, "A trace
 * simplification technique for effective debugging of concurrent programs",
 * 2010): leave out a stretch of steps, or let a thread have its next stretch at
 * once. A candidate is played as far as it goes; what it cannot say is filled
 * in without a preemption. A child runs one after the other until one fails. */
#include <stdio.h>
#include <string.h>

#include "script.h"

enum {
    RUNS_MOST = 400, /* candidates in all */
    FORKS_MOST = 40, /* that failed, but were no better or of another kind */
    CONTINUATIONS = 16,
    FEW_CONTINUATIONS = 4
};

/* What is being looked for, and what has been found. */
struct search {
    const struct plan *plan;
    enum explore_verdict verdict;
    char message[EXPLORE_TEXT]; /* the words of it, without what they count */
    struct script best;
    unsigned switches;
    unsigned faults;
    unsigned offset; /* candidates of this round that have been run */
    unsigned runs;
    unsigned forks;
};

static struct search search;
static struct script candidate;

/* --- Candidates --- */

static void leave_out(struct script *from, unsigned i)
{
    memmove(&from->segments[i], &from->segments[i + 1],
            (from->count - i - 1) * sizeof *from->segments);
    from->count--;
}

/* The next stretch of the same thread comes directly behind this one. False:
 * there is none, or it does already. */
static bool pull_up(struct script *in, unsigned i)
{
    unsigned next = i + 1;

    while (next < in->count &&
           in->segments[next].thread != in->segments[i].thread)
        next++;
    if (next >= in->count || next == i + 1)
        return false;
    in->segments[i].steps =
        (uint16_t)(in->segments[i].steps + in->segments[next].steps);
    leave_out(in, next);
    return true;
}

/* This stretch waits until the same thread's next one. False: there is none. */
static bool put_off(struct script *in, unsigned i)
{
    unsigned next = i + 1;

    while (next < in->count &&
           in->segments[next].thread != in->segments[i].thread)
        next++;
    if (next >= in->count || next == i + 1)
        return false;
    in->segments[next].steps =
        (uint16_t)(in->segments[i].steps + in->segments[next].steps);
    leave_out(in, i);
    return true;
}

/* The nth candidate: first the beginnings, then without a fault, without a
 * stretch, with a stretch put off or pulled up. False: there are no more. An
 * impossible one is the best as it is, which is found to be no better. */
static bool make_candidate(unsigned nth)
{
    const struct script *best = &search.best;
    unsigned halves = 0;

    candidate = *best;
    while (best->count >> halves > 0)
        halves++;
    if (nth <= halves) {
        candidate.count = nth == 0 ? 0 : best->count >> (halves - nth + 1);
        return true;
    }
    nth -= halves + 1;
    if (nth < best->fault_count) {
        candidate.faults[nth] = candidate.faults[--candidate.fault_count];
        return true;
    }
    nth -= best->fault_count;
    if (nth < best->count) {
        leave_out(&candidate, best->count - 1 - nth);
        return true;
    }
    nth -= best->count;
    if (nth < best->count) {
        (void)put_off(&candidate, nth);
        return true;
    }
    nth -= best->count;
    if (nth < best->count)
        (void)pull_up(&candidate, nth);
    return nth < best->count;
}

static bool prepare_candidate(const struct plan *plan, unsigned long i)
{
    (void)plan;
    if (search.runs + i >= RUNS_MOST ||
        !make_candidate(search.offset + (unsigned)i))
        return false;
    model.shared->outcome.strategy = 0;
    strategy_begin(0, model.options.seed, 0);
    script_begin(&candidate);
    return true;
}

/* --- Better? --- */

/* The sentence without numbers and lines: the same words say the same fault. */
static void words_of(char *to, const char *message)
{
    for (; *message != '\0'; message++) {
        if (*message == '\001') {
            message = strchr(message, '\002');
            if (message == NULL)
                break;
        } else if (*message < '0' || *message > '9') {
            *to++ = *message;
        }
    }
    *to = '\0';
}

/* A deadlock of three may well be shown as one of two. */
static bool is_same_failure(void)
{
    const struct outcome *outcome = &model.shared->outcome;
    char words[EXPLORE_TEXT];

    if (!outcome->over || outcome->verdict != search.verdict)
        return false;
    if (outcome->verdict == EXPLORE_DEADLOCK)
        return true;
    words_of(words, outcome->message);
    return strcmp(words, search.message) == 0;
}

static bool is_better(void)
{
    unsigned faults = 0;

    for (unsigned i = 0; i < model.shared->choice_count; i++)
        faults += model.shared->choices[i].kind != CHOICE_THREAD &&
                  model.shared->choices[i].value != 0;
    unsigned switches = model.shared->outcome.switches;
    if (switches > search.switches ||
        (switches == search.switches && faults >= search.faults))
        return false;
    struct script shorter;
    if (!script_of_run(&shorter))
        return false;
    search.best = shorter;
    search.switches = switches;
    search.faults = faults;
    return true;
}

/* Run the candidates that are left of this round. True: one was better, and a
 * new round begins with it. */
static bool improve(void)
{
    struct plan plan = *search.plan;

    plan.prepare = prepare_candidate;
    plan.in_silence = !model.options.verbose;
    search.offset = 0;
    while (search.forks < FORKS_MOST && search.runs < RUNS_MOST) {
        search.forks++;
        model.shared->outcome.over = false;
        model.shared->outcome.number = 0;
        (void)child_run(&plan);
        unsigned ran = (unsigned)model.shared->outcome.number + 1;
        search.runs += ran;
        search.offset += ran;
        if (!model.shared->outcome.over)
            return false; /* none of the rest fails */
        if (is_same_failure() && is_better())
            return true;
    }
    return false;
}

/* --- From where on is it lost? --- */

static struct script prefix;
static unsigned continuation;

static bool prepare_continuation(const struct plan *plan, unsigned long i)
{
    (void)plan;
    if (i > 0)
        return false;
    prefix.seed = continuation + 1;
    model.shared->outcome.strategy = 0;
    strategy_begin(0, model.options.seed, 0);
    script_begin(&prefix);
    return true;
}

/* Do so many continuations of the first steps all fail? */
static bool is_lost_after(unsigned steps, unsigned many)
{
    struct plan plan = *search.plan;

    plan.prepare = prepare_continuation;
    plan.in_silence = !model.options.verbose;
    prefix = search.best;
    script_cut(&prefix, steps);
    for (continuation = 0; continuation < many; continuation++) {
        model.shared->outcome.over = false;
        (void)child_run(&plan);
        if (!model.shared->outcome.over)
            return false;
    }
    return true;
}

static unsigned count_steps(const struct script *of)
{
    unsigned steps = 0;

    for (unsigned i = 0; i < of->count; i++)
        steps += of->segments[i].steps;
    return steps;
}

/* What is lost stays lost, so the first such step can be closed in on: with few
 * continuations at first; the step that is found must stand more. */
static struct doom find_doom(void)
{
    unsigned low = 0;
    unsigned high = count_steps(&search.best);
    const unsigned last = high;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (is_lost_after(middle, FEW_CONTINUATIONS))
            high = middle;
        else
            low = middle + 1;
    }
    while (low < last && !is_lost_after(low, CONTINUATIONS))
        low++;
    return (struct doom){low, CONTINUATIONS};
}

/* --- Altogether --- */

static bool prepare_best(const struct plan *plan, unsigned long i)
{
    (void)plan;
    if (i > 0)
        return false;
    strategy_begin(0, model.options.seed, 0);
    script_begin(&search.best);
    return true;
}

/* The best once more, so that its run is what is in the shared memory. */
static void show_best(void)
{
    struct plan plan = *search.plan;

    plan.prepare = prepare_best;
    model.shared->outcome.over = false;
    (void)child_run(&plan);
}

/* What failed once does not fail again: something is left over from schedule to
 * schedule, or comes from outside. Never to be taken for a pass. */
static void tell_that_it_is_gone(const struct outcome *found)
{
    char text[EXPLORE_TEXT];

    (void)snprintf(text, sizeof text,
                   "schedule %lu failed, and did not when it was replayed: the "
                   "program depends on more than its schedule; it said: %.300s",
                   found->number + 1, found->message);
    verdict_set(EXPLORE_DIVERGED, NULL, text);
}

struct doom reduce(const struct plan *plan)
{
    struct outcome found = model.shared->outcome;
    struct doom doom = {UINT32_MAX, 0};

    search = (struct search){.plan = plan,
                             .verdict = found.verdict,
                             .switches = found.switches,
                             .faults = UINT32_MAX};
    words_of(search.message, found.message);
    if (!script_of_run(&search.best))
        return doom;
    while (improve())
        continue;
    doom = find_doom();
    show_best();
    if (!is_same_failure())
        tell_that_it_is_gone(&found);
    model.shared->outcome.strategy = found.strategy;
    return doom;
}
