/* Depth-first search through all choices, with few preemptions first.
 *
 * What is left out: a point that was reached before by an equivalent order of
 * steps, with the same thread running and no more preemptions used, leads to
 * nothing new (happens-before caching: Musuvathi and Qadeer, "Partial-order
 * reduction for context-bounded state exploration", 2007). Unlike sleep sets it
 * stays sound under a bound. Data races are outside of it: they are
 * ThreadSanitizer's. */
#include <stdlib.h>

#include "model.h"
#include "random.h"

/* A choice on the way from the start. */
struct frame {
    unsigned n;
    unsigned value;
    unsigned cost;      /* preemptions and faults used before it */
    unsigned step_cost; /* of any value but the first */
};

enum { SEEN = 1 << 18 }; /* a power of 2 */

struct seen {
    uint64_t key; /* 0: empty */
    unsigned cost;
};

/* Guarded by the token. */
static struct frame frames[MODEL_CHOICES];
static unsigned depth;      /* frames in use */
static unsigned at;         /* the next one of this schedule */
static unsigned cost;       /* used by this schedule so far */
static bool known;          /* the rest of this schedule is nothing new */
static unsigned bound;      /* most that a schedule may use in this round */
static unsigned most;
static bool cut;            /* the bound has kept us from something */
static bool reducing;
static bool over;
static struct seen seen[SEEN];
static unsigned seen_count;

static void start_round(unsigned new_bound)
{
    bound = new_bound;
    cut = false;
    depth = 0;
    for (unsigned i = 0; i < SEEN; i++)
        seen[i].key = 0;
    seen_count = 0;
}

void search_begin(unsigned most_preemptions, bool reduce)
{
    reducing = reduce;
    most = most_preemptions;
    over = false;
    model.shared->tally.bound = -1;
    start_round(reduce ? 0 : most_preemptions);
}

void search_start_schedule(void)
{
    at = 0;
    cost = 0;
    known = false;
}

/* Has an equivalent point been left before, with as much still allowed? A table
 * that is full forgets nothing and learns nothing. */
static bool is_known(uint64_t key)
{
    unsigned i = (unsigned)key % SEEN;

    while (seen[i].key != 0 && seen[i].key != key)
        i = (i + 1) % SEEN;
    if (seen[i].key == key && seen[i].cost <= cost)
        return true;
    if (seen[i].key == 0) {
        if (seen_count > SEEN / 2)
            return false;
        seen_count++;
    }
    seen[i] = (struct seen){key, cost};
    return false;
}

static uint64_t key_of_point(void)
{
    uint64_t key = random_mix(model.order + (uint64_t)model.now * 31);

    key = random_mix(key + model.last->number);
    return key == 0 ? 1 : key;
}

/* Threads that go round without end get no turn while others can run. */
static unsigned untiring(unsigned n, struct thread *const *threads)
{
    unsigned fresh = 0;

    while (fresh < n && !model_is_tired(threads[fresh]))
        fresh++;
    return fresh == 0 ? n : fresh;
}

/* To leave a thread that could go on is a preemption. */
static unsigned cost_of(enum choice_kind kind, struct thread *const *threads)
{
    if (kind != CHOICE_THREAD)
        return 1;
    return threads[0] == model.last && !model_gives_up(threads[0]);
}

unsigned search_pick(enum choice_kind kind, unsigned n,
                     struct thread *const *threads)
{
    if (known)
        return 0;
    if (kind == CHOICE_THREAD)
        n = untiring(n, threads);
    if (at == depth) {
        if (reducing && kind == CHOICE_THREAD && is_known(key_of_point())) {
            known = true;
            return 0;
        }
        frames[depth++] = (struct frame){.n = n,
                                         .cost = cost,
                                         .step_cost = cost_of(kind, threads)};
    }
    struct frame *frame = &frames[at++];

    if (frame->n != n)
        verdict_end(EXPLORE_DIVERGED,
                    "the program does not do the same when it is run the same "
                    "way: choice %u is among %u, and was among %u",
                    at, n, frame->n);
    if (frame->value > 0)
        cost += frame->step_cost;
    return frame->value;
}

static void end_round(void)
{
    struct tally *tally = &model.shared->tally;

    tally->complete = !cut && seen_count <= SEEN / 2;
    tally->bound = (int)bound;
    over = tally->complete || bound == most;
    if (!over)
        start_round(bound + 1);
}

/* The next way: the last choice that has one more value to try. */
void search_end_schedule(void)
{
    while (depth > 0) {
        struct frame *frame = &frames[depth - 1];
        bool more = frame->value + 1 < frame->n;
        if (more && frame->cost + frame->step_cost <= bound) {
            frame->value++;
            return;
        }
        cut = cut || more;
        depth--;
    }
    end_round();
}

bool search_is_over(void)
{
    return over;
}
