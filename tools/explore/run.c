/* explore_run(): one schedule after the other, until one fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "model.h"
#include "random.h"

enum {
    SCHEDULES = 1000,
    STEPS = 20000,
    START = 1136239445, /* 2006-01-02 22:04:05 UTC */
    SETS = 1 << 15      /* a power of 2 */
};

/* --- Sets of hashes: of partial orders, and of final states --- */

/* Full sets learn nothing more, so counts are then too small. */
struct set {
    uint64_t keys[SETS];
    unsigned count;
};

static struct set orders[EXPLORE_STRATEGIES];
static struct set states;

/* Was it new? */
static bool set_add(struct set *set, uint64_t key)
{
    unsigned i = (unsigned)random_mix(key) % SETS;

    if (key == 0)
        key = 1;
    while (set->keys[i] != 0 && set->keys[i] != key)
        i = (i + 1) % SETS;
    if (set->keys[i] == key || set->count > SETS / 2)
        return false;
    set->keys[i] = key;
    set->count++;
    return true;
}

static unsigned index_of(unsigned strategy)
{
    return (unsigned)__builtin_ctz(strategy);
}

static void count_schedule(unsigned strategy)
{
    struct tally *tally = &model.shared->tally;

    if (strategy == 0)
        return;
    unsigned i = index_of(strategy);
    tally->run[i]++;
    tally->distinct[i] += set_add(&orders[i], model.order);
    if (set_add(&states, model.observed)) {
        tally->states++;
        tally->state_sum += random_mix(model.observed);
    }
}

void explore_observe(uint64_t value)
{
    model.observed = random_mix(model.observed * 3 + value);
}

unsigned explore_thread(void)
{
    return model_is_on() ? model_self->number : 0;
}

void explore_on_behalf_of(const void *pc)
{
    if (model_is_on())
        model_self->behalf = pc;
}

void explore_excuse_leaks(void)
{
    model.excused = true;
}

const char *explore_strategy_name(unsigned strategy)
{
    switch (strategy) {
    case EXPLORE_ROUND_ROBIN:
        return "round robin";
    case EXPLORE_RANDOM:
        return "random walk";
    case EXPLORE_PCT:
        return "PCT";
    case EXPLORE_POS:
        return "partial-order sampling";
    case EXPLORE_SEARCH:
        return "search";
    case EXPLORE_ENUMERATE:
        return "enumeration";
    default:
        return "";
    }
}

bool explore_running(void)
{
    return model_is_on();
}

/* --- One schedule --- */

static struct thread controller; /* whoever called run_plan() */

static void *run_scenario(void *arg)
{
    const struct plan *plan = arg;

    plan->scenario(plan->arg);
    return NULL;
}

/* Everything as it was before the first schedule. */
static void begin(void)
{
    struct shared *shared = model.shared;

    state_restore();
    object_forget_all();
    shared->outcome.over = false;
    shared->outcome.switches = 0;
    shared->outcome.file[0] = '\0';
    shared->choice_count = 0;
    shared->event_count = 0;
    shared->pick_count = 0;
    model.count = 0;
    model.parked = 0;
    model.now = 0;
    model.stamp = 0;
    model.steps = 0;
    model.hash = 0;
    model.streak = 0;
    model.order = 0;
    model.creates = 0;
    model.allocations = 0;
    model.fail_create = 0;
    model.fail_allocation = 0;
    model.inits = 0;
    model.fail_init = 0;
    model.time_passes = false;
    model.faults_left = FAULTS_A_SCHEDULE;
    model.next_interrupt = 0;
    model.random = model.options.seed;
    model.observed = 0;
    model.excused = false;
    calls_begin();
    livelock_begin();
}

static void run_schedule(const struct plan *plan)
{
    begin();
    struct thread *first = threads_prepare();

    if (first == NULL)
        verdict_end(EXPLORE_ENVIRONMENT, "no thread can be started");
    first->run = run_scenario;
    first->arg = (void *)(uintptr_t)plan;
    first->own = true;
    first->mask = signals_first_mask();
    first->state = THREAD_RUNNING;
    model.last = first;
    model.running = true;
    tsan_release_to(&first->edge);
    turn_pass(&controller, first);
    model.running = false;
    for (unsigned i = 0; i < model.count; i++)
        tsan_acquire_from(&model.threads[i]->end_edge);
}

/* In the child, or here for a debugger. */
void run_plan(const struct plan *plan)
{
    struct outcome *outcome = &model.shared->outcome;

    turn_begin(&controller);
    for (unsigned long i = 0; plan->prepare(plan, i); i++) {
        outcome->number = i;
        run_schedule(plan);
        if (outcome->over)
            return;
        count_schedule(outcome->strategy);
        if (outcome->strategy == EXPLORE_SEARCH ||
            outcome->strategy == EXPLORE_ENUMERATE)
            search_end_schedule();
    }
}

/* --- Which strategy comes when --- */

static bool wants(unsigned strategy)
{
    if ((model.options.strategies & strategy) == 0)
        return false;
    return (strategy & (EXPLORE_SEARCH | EXPLORE_ENUMERATE)) == 0 ||
           !search_is_over();
}

static unsigned long turns[EXPLORE_STRATEGIES]; /* of each strategy so far */

/* The search has every other turn: when it has seen all there is, the rest of
 * the budget need not be spent. */
static unsigned next_strategy(unsigned long i)
{
    static const unsigned cycle[] = {
        EXPLORE_SEARCH, EXPLORE_PCT,    EXPLORE_SEARCH,      EXPLORE_POS,
        EXPLORE_SEARCH, EXPLORE_RANDOM, EXPLORE_ROUND_ROBIN, EXPLORE_ENUMERATE,
    };
    enum { LENGTH = sizeof cycle / sizeof *cycle };
    static unsigned at;

    if (i == 0 && wants(EXPLORE_ROUND_ROBIN))
        return EXPLORE_ROUND_ROBIN;
    for (unsigned tried = 0; tried < LENGTH; tried++) {
        unsigned strategy = cycle[at++ % LENGTH];
        if (wants(strategy))
            return strategy;
    }
    return 0;
}

static bool prepare_portfolio(const struct plan *plan, unsigned long i)
{
    (void)plan;
    if (i == 0)
        search_begin(model.options.strategies & EXPLORE_ENUMERATE
                         ? UINT32_MAX
                         : model.options.preemptions,
                     (model.options.strategies & EXPLORE_ENUMERATE) == 0);
    if (i == model.options.schedules || model.shared->tally.complete)
        return false;
    unsigned strategy = next_strategy(i);
    if (strategy == 0)
        return false;
    model.shared->outcome.strategy = strategy;
    strategy_begin(strategy, model.options.seed, turns[index_of(strategy)]++);
    return true;
}

/* --- Replay --- */

struct script {
    struct choice choices[MODEL_CHOICES];
    unsigned count; /* up to the last that is no default */
    unsigned total;
    unsigned faults;
    uint32_t hash;
};

static struct script script;

static bool prepare_replay(const struct plan *plan, unsigned long i)
{
    const struct script *wanted = plan->what;

    if (i > 0)
        return false;
    model.shared->outcome.strategy = 0;
    strategy_force(wanted->choices, wanted->count);
    strategy_begin(0, model.options.seed, 0);
    return true;
}

/* The failure came, but not by the way that the string tells. */
static void check_replay(void)
{
    struct outcome *outcome = &model.shared->outcome;
    unsigned made = model.shared->choice_count;

    if (outcome->verdict == EXPLORE_DIVERGED || script.total == SCHEDULE_OPEN ||
        (made == script.total &&
         (!outcome->over || (outcome->hash & 0xffff) == script.hash)))
        return;
    if (outcome->over)
        (void)snprintf(outcome->message, sizeof outcome->message,
                       "the program has done something else than when the "
                       "schedule was written: %s after %u steps and %u choices "
                       "of %u",
                       explore_verdict_name(outcome->verdict), outcome->steps,
                       made, script.total);
    else
        (void)snprintf(outcome->message, sizeof outcome->message,
                       "the program is not the one that the schedule was "
                       "written for: it goes another way now, and passes (%u "
                       "choices in place of %u)",
                       made, script.total);
    outcome->verdict = EXPLORE_DIVERGED;
    outcome->over = true;
}

/* --- explore_run() --- */

static void resolve(const struct explore_options *options)
{
    static const struct explore_options defaults;
    struct explore_options *ours = &model.options;

    *ours = options == NULL ? defaults : *options;
    if (ours->schedules == 0)
        ours->schedules = SCHEDULES;
    if (ours->strategies == 0)
        ours->strategies = EXPLORE_PORTFOLIO;
    if (ours->preemptions == 0)
        ours->preemptions = UINT32_MAX;
    if (ours->steps == 0)
        ours->steps = STEPS;
    if (ours->start == 0)
        ours->start = START;
    ours->kernel_threads = ours->kernel_threads || ours->here ||
                           ours->replay != NULL || state_is_thread_local();
}

/* False: there is no memory. */
static bool prepare_memory(void)
{
    if (model.shared == NULL) {
        void *memory = mmap(NULL, sizeof *model.shared, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return false;
        model.shared = memory;
    }
    memset(&model.shared->outcome, 0, sizeof model.shared->outcome);
    memset(&model.shared->tally, 0, sizeof model.shared->tally);
    return state_save();
}

static enum explore_verdict run(const struct plan *plan)
{
    if (!model.options.here)
        return child_run(plan);
    run_plan(plan);
    return model.shared->outcome.over ? model.shared->outcome.verdict
                                      : EXPLORE_PASS;
}

static void fill(struct explore_result *result, enum explore_verdict verdict)
{
    const struct shared *shared = model.shared;
    const struct tally *tally = &shared->tally;

    memset(result, 0, sizeof *result);
    result->verdict = verdict;
    result->seed = model.options.seed;
    for (unsigned i = 0; i < EXPLORE_STRATEGIES; i++) {
        result->run[i] = tally->run[i];
        result->distinct[i] = tally->distinct[i];
        result->schedules += tally->run[i];
    }
    result->complete = tally->complete && verdict == EXPLORE_PASS;
    result->bound = tally->bound;
    result->states = tally->states;
    result->state_sum = tally->state_sum;
    result->steps = shared->outcome.steps;
    if (verdict == EXPLORE_PASS)
        return;
    result->schedules++; /* the one that failed */
    result->strategy = shared->outcome.strategy;
    result->switches = shared->outcome.switches;
    schedule_write(result->schedule, sizeof result->schedule,
                   model.options.faults, shared->choices, shared->choice_count,
                   shared->outcome.hash);
    places_fill(result, &shared->outcome);
}

static enum explore_verdict replay(struct plan *plan,
                                   struct explore_result *result)
{
    if (!schedule_read(model.options.replay, &script.faults, script.choices,
                       &script.count, &script.total, &script.hash)) {
        memset(result, 0, sizeof *result);
        (void)snprintf(result->message, sizeof result->message,
                       "this is no schedule string: %.64s",
                       model.options.replay);
        return result->verdict = EXPLORE_DIVERGED;
    }
    model.options.faults = script.faults;
    plan->prepare = prepare_replay;
    plan->what = &script;
    (void)run(plan);
    check_replay();
    fill(result, model.shared->outcome.over ? model.shared->outcome.verdict
                                            : EXPLORE_PASS);
    if (result->verdict != EXPLORE_PASS)
        table_write(result, &(struct doom){UINT32_MAX, 0});
    return result->verdict;
}

static bool can_be_reduced(enum explore_verdict verdict)
{
    return verdict != EXPLORE_PASS && verdict != EXPLORE_ENVIRONMENT &&
           verdict != EXPLORE_DIVERGED && verdict != EXPLORE_TODO &&
           verdict != EXPLORE_UNMODELLED && verdict != EXPLORE_INCONCLUSIVE &&
           verdict != EXPLORE_LIVELOCK && !model.options.unreduced &&
           !model.options.here;
}

enum explore_verdict explore_run(explore_scenario *scenario, void *arg,
                                 const struct explore_options *options,
                                 struct explore_result *result)
{
    struct plan plan = {
        .prepare = prepare_portfolio, .scenario = scenario, .arg = arg};

    resolve(options);
    if (!prepare_memory()) {
        memset(result, 0, sizeof *result);
        (void)snprintf(result->message, sizeof result->message, "no memory");
        return result->verdict = EXPLORE_ENVIRONMENT;
    }
    if (model.options.replay != NULL)
        return replay(&plan, result);
    struct doom doom = {UINT32_MAX, 0};
    enum explore_verdict verdict = run(&plan);
    unsigned long number = model.shared->outcome.number;

    if (can_be_reduced(verdict))
        doom = reduce(&plan);
    model.shared->outcome.number = number;
    fill(result, model.shared->outcome.verdict);
    if (verdict != EXPLORE_PASS)
        table_write(result, &doom);
    return result->verdict;
}
