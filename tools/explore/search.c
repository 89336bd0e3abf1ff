/* Depth-first search through all choices, in rounds.
 *
 * The first round has no bound, and leaves out what differs from something seen
 * only in the order of independent steps, by sleep sets (Godefroid,
 * "Partial-order methods for the verification of concurrent systems", 1996).
 * Small programs are through with it soon, and then all is known. For the
 * others come rounds with no preemption, one, two and so on. Sleep sets are not
 * sound under a bound, so there a point is left out that was reached before by
 * an equivalent order of steps, with the same thread running and no more
 * preemptions used (happens-before caching: Musuvathi and Qadeer,
 * "Partial-order reduction for context-bounded state exploration", 2007). Data
 * races are outside of both: they are ThreadSanitizer's. */
#include <stdlib.h>

#include "model.h"
#include "random.h"

/* A choice on the way from the start. */
struct frame {
    unsigned n;
    unsigned value;
    unsigned cost;      /* preemptions and faults used before it */
    unsigned step_cost; /* of any value but the first */
    uint64_t asleep;    /* values that would bring nothing new, a bit each */
};

enum {
    SEEN = 1 << 18,   /* a power of 2 */
    FIRST_ROUND = 250 /* schedules without a bound, before the bounded rounds */
};

#define NO_BOUND UINT32_MAX

struct seen {
    uint64_t key;
    unsigned cost;
    unsigned round; /* of another one: empty; so none is ever cleared, and of
                       the table only what is used takes memory */
};

/* Guarded by the token. */
static struct frame frames[MODEL_CHOICES];
static unsigned depth; /* frames in use */
static unsigned at;    /* the next one of this schedule */
static unsigned cost;  /* used by this schedule so far */
static bool known;     /* the rest of this schedule is nothing new */
static unsigned bound; /* most that a schedule may use in this round */
static unsigned most;
static bool cut; /* the bound has kept us from something */
static bool reducing;
static bool counted; /* the scenario looks at what any step may change */
static bool over;
static unsigned long runs; /* schedules of this round */
static uint64_t sleeping;  /* threads that would bring nothing new if they ran
                              next, a bit for each of the first 64 */
static struct seen seen[SEEN];
static unsigned seen_count;
static unsigned round_now;

static void start_round(unsigned new_bound)
{
    bound = new_bound;
    cut = false;
    depth = 0;
    runs = 0;
    round_now++;
    seen_count = 0;
}

void search_begin(unsigned most_preemptions, bool reduce)
{
    reducing = reduce;
    counted = false;
    most = most_preemptions;
    over = false;
    model.shared->tally.bound = -1;
    start_round(NO_BOUND);
}

void search_start_schedule(void)
{
    at = 0;
    cost = 0;
    known = false;
    sleeping = 0;
    runs++;
}

/* Has an equivalent point been left before, with as much still allowed? A table
 * that is full forgets nothing and learns nothing. */
static bool is_known(uint64_t key)
{
    unsigned i = (unsigned)key % SEEN;

    while (seen[i].round == round_now && seen[i].key != key)
        i = (i + 1) % SEEN;
    bool empty = seen[i].round != round_now;
    if (!empty && seen[i].cost <= cost)
        return true;
    if (empty) {
        if (seen_count > SEEN / 2)
            return false;
        seen_count++;
    }
    seen[i] = (struct seen){key, cost, round_now};
    return false;
}

static uint64_t key_of_point(void)
{
    uint64_t key = random_mix(model.order + (uint64_t)model.now * 31);

    return random_mix(key + model.last->number);
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

/* --- Sleep sets --- */

static bool uses_sleep_sets(void)
{
    return reducing && bound == NO_BOUND;
}

static uint64_t bit_of(const struct thread *thread)
{
    return thread->number < 64 ? (uint64_t)1 << thread->number : 0;
}

/* A try finds out whether another has given something up, and so does a wait
 * that may end for its time: that is no point of its own, but part of any step.
 * A signal may run a handler in any thread, and poll() looks at many things.
 * Who yields, or goes round in a loop, looks at what others write without a
 * call. */
static bool depends_on_all(const struct thread *thread)
{
    switch (thread->op) {
    case OP_SIGNAL_SEND:
    case OP_SIGNAL_MASK:
    case OP_TRYLOCK:
    case OP_SEM_TRY:
    case OP_POLL:
    case OP_YIELD:
    case OP_BLOCK:
        return true;
    default:
        return thread->deadline != MODEL_NEVER && thread->op != OP_SLEEP;
    }
}

/* A thread that is about to wait gives up its lock in the same step. */
static bool uses(const struct thread *thread, const struct object *object)
{
    return object == thread->object || object == thread->second ||
           (thread->op == OP_WAIT && object == thread->lock);
}

/* Would it matter which of the two takes its step first? */
static bool are_dependent(const struct thread *a, const struct thread *b)
{
    if (depends_on_all(a) || depends_on_all(b))
        return true;
    return (a->object != NULL && uses(b, a->object)) ||
           (b->object != NULL && uses(a, b->object));
}

/* Who sleeps when this value has been taken: whoever slept before or has been
 * tried before, unless his step depends on this one. */
static uint64_t sleep_after(unsigned value, struct thread *const *threads)
{
    const struct thread *taken = threads[value];
    uint64_t after = 0;

    for (unsigned i = 0; i < value; i++)
        sleeping |= bit_of(threads[i]);
    for (unsigned i = 0; i < model.count && i < 64; i++) {
        const struct thread *thread = model.threads[i];
        if ((sleeping & bit_of(thread)) != 0 && thread != taken &&
            thread->state == THREAD_PARKED && !are_dependent(thread, taken))
            after |= bit_of(thread);
    }
    return after;
}

static uint64_t values_asleep(unsigned n, struct thread *const *threads)
{
    uint64_t asleep = 0;

    for (unsigned i = 0; i < n && i < 64; i++)
        if ((sleeping & bit_of(threads[i])) != 0)
            asleep |= (uint64_t)1 << i;
    return asleep;
}

/* The first value from here on that is awake; n: there is none. */
static unsigned next_awake(const struct frame *frame, unsigned value)
{
    while (value < 64 && value < frame->n && (frame->asleep >> value & 1) != 0)
        value++;
    return value;
}

/* Only one thread can run: no choice, but its step may wake others. */
void search_only_one(struct thread *thread)
{
    if (!known && uses_sleep_sets()) {
        if ((sleeping & bit_of(thread)) != 0)
            known = true;
        sleeping = sleep_after(0, &thread);
    }
}

/* The number of allocations or of threads, which steps change that are taken to
 * be independent: so nothing can be said of the orders that were left out. */
void search_counted(void)
{
    counted = true;
}

/* Time has passed, which anyone may see. */
void search_time_passed(void)
{
    sleeping = 0;
}

/* --- The search --- */

/* A point that was not met before. False: nothing new comes after it. */
static bool push(enum choice_kind kind, unsigned n,
                 struct thread *const *threads)
{
    struct frame *frame = &frames[depth];

    *frame = (struct frame){
        .n = n, .cost = cost, .step_cost = cost_of(kind, threads)};
    if (kind == CHOICE_THREAD && uses_sleep_sets()) {
        frame->asleep = values_asleep(n, threads);
        frame->value = next_awake(frame, 0);
    } else if (kind == CHOICE_THREAD && reducing && is_known(key_of_point())) {
        frame->value = n;
    }
    if (frame->value == n)
        return false;
    depth++;
    return true;
}

unsigned search_pick(enum choice_kind kind, unsigned n,
                     struct thread *const *threads)
{
    if (known)
        return 0;
    if (kind == CHOICE_THREAD)
        n = untiring(n, threads);
    if (at == depth && !push(kind, n, threads)) {
        known = true;
        return 0;
    }
    const struct frame *frame = &frames[at++];

    if (frame->n != n)
        verdict_end(EXPLORE_DIVERGED,
                    "the program does not do the same when it is run the same "
                    "way: choice %u is among %u, and was among %u",
                    at, n, frame->n);
    if (frame->value > 0)
        cost += frame->step_cost;
    if (kind == CHOICE_THREAD && uses_sleep_sets())
        sleeping = sleep_after(frame->value, threads);
    return frame->value;
}

static void end_round(void)
{
    struct tally *tally = &model.shared->tally;
    bool all = !cut && seen_count <= SEEN / 2;
    bool exact = !reducing || !counted;

    tally->complete = all && exact;
    if (bound != NO_BOUND && exact)
        tally->bound = (int)bound;
    over = all || bound == most;
    if (!over)
        start_round(bound + 1);
}

/* The next way: the last choice that has one more value to try. */
void search_end_schedule(void)
{
    if (uses_sleep_sets() && runs == FIRST_ROUND) {
        start_round(0);
        return;
    }
    while (depth > 0) {
        struct frame *frame = &frames[depth - 1];
        unsigned value = next_awake(frame, frame->value + 1);
        if (value < frame->n &&
            (bound == NO_BOUND || frame->cost + frame->step_cost <= bound)) {
            frame->value = value;
            return;
        }
        cut = cut || value < frame->n;
        depth--;
    }
    end_round();
}

bool search_is_over(void)
{
    return over;
}
