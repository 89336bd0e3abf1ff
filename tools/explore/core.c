/* Which thread runs next, at each schedule point. */
#include "model.h"
#include "random.h"

struct model model;
_Thread_local struct thread *model_self;

/* A thread that passes so many points in a row is taken to spin. */
enum { CLOCK_CHANCES = 2, SPIN = 200 };

static void mix(uint32_t value)
{
    model.hash = (model.hash ^ value) * 0x01000193u;
    model.hash ^= model.hash >> 15;
}

/* What is chosen is written down before it is done: a crash leaves it. */
static void record(enum choice_kind kind, unsigned n, unsigned value)
{
    struct shared *shared = model.shared;

    if (shared->choice_count == MODEL_CHOICES)
        verdict_end(EXPLORE_INCONCLUSIVE, "the schedule has too many choices");
    shared->choices[shared->choice_count++] =
        (struct choice){.kind = (uint8_t)kind,
                        .check = (uint8_t)(model.hash & 15),
                        .n = (uint16_t)n,
                        .value = (uint16_t)value};
    mix(value * 8 + (uint32_t)kind);
}

static unsigned choose_among(enum choice_kind kind, unsigned n,
                             struct thread *const *threads)
{
    bool forced;

    if (n == 1 && kind == CHOICE_THREAD)
        strategy_only_one(threads[0]);
    if (n < 2)
        return 0;
    unsigned value = strategy_forced(kind, n, &forced);
    if (!forced)
        value = strategy_pick(kind, n, threads);
    record(kind, n, value);
    if (kind != CHOICE_THREAD && model_self != NULL)
        model_self->hash = random_mix(model_self->hash + kind * 64UL + value);
    return value;
}

unsigned model_choose(enum choice_kind kind, unsigned n)
{
    return choose_among(kind, n, NULL);
}

bool model_is_signalled(const struct thread *thread)
{
    return thread->woken;
}

bool model_is_enabled(const struct thread *thread)
{
    if (thread->state != THREAD_PARKED)
        return false;
    if (thread->can == NULL || thread->can(thread))
        return true;
    return thread->deadline <= model.now || signals_wake(thread);
}

/* It stands at a yield, or goes round without end: others come first. */
bool model_gives_up(const struct thread *thread)
{
    return thread->op == OP_YIELD || thread->op == OP_BLOCK ||
           model_is_tired(thread);
}

/* It has given up its turn before, and nobody else has run since. */
bool model_is_tired(const struct thread *thread)
{
    return thread->yields > 1 || (thread == model.last && model.streak > SPIN);
}

/* Its place in the list, by size: the thread that ran last, then those that
 * wait longest, and at the end those that gave up. */
static uint64_t place_of(const struct thread *thread)
{
    const uint64_t last = (uint64_t)1 << 63;

    if (model_gives_up(thread))
        return last + thread->stamp;
    return thread == model.last ? 0 : thread->stamp;
}

static bool wakes_for_no_reason(const struct thread *thread)
{
    return thread->spurious && thread->deadline > model.now &&
           !signals_wake(thread);
}

/* The threads that can run. A thread that would only wake for no reason does
 * not count, and one that waits for all others is not among them. */
static unsigned list_enabled(struct thread **list)
{
    uint64_t places[MODEL_THREADS];
    unsigned n = 0;
    bool real = false;

    for (unsigned i = 0; i < model.count; i++) {
        struct thread *thread = model.threads[i];
        if (!model_is_enabled(thread) || thread->op == OP_UNTIL_BLOCKED)
            continue;
        uint64_t place = place_of(thread);
        unsigned at = n++;
        for (; at > 0 && place < places[at - 1]; at--) {
            list[at] = list[at - 1];
            places[at] = places[at - 1];
        }
        list[at] = thread;
        places[at] = place;
        real = real || !wakes_for_no_reason(thread);
    }
    return real ? n : 0;
}

/* Nothing else can run: who wanted to see that comes now. */
static struct thread *find_observer(void)
{
    for (unsigned i = 0; i < model.count; i++)
        if (model.threads[i]->state == THREAD_PARKED &&
            model.threads[i]->op == OP_UNTIL_BLOCKED)
            return model.threads[i];
    return NULL;
}

static int64_t next_moment(void)
{
    int64_t next = signals_next();

    for (unsigned i = 0; i < model.count; i++) {
        const struct thread *thread = model.threads[i];
        if (thread->state == THREAD_PARKED && thread->deadline > model.now &&
            thread->deadline < next)
            next = thread->deadline;
    }
    return next;
}

static void pass_time(int64_t moment)
{
    model.now = moment;
    model_event(OP_CLOCK, NULL, NULL, NOTE_NONE);
    strategy_time_passed();
    signals_come_due();
}

/* A wake-up for no reason never saves a program from a deadlock: without
 * another thread that runs, the waiter goes on waiting. */
static bool drop_spurious(void)
{
    bool dropped = false;

    for (unsigned i = 0; i < model.count; i++) {
        struct thread *thread = model.threads[i];
        if (thread->state != THREAD_PARKED || !thread->spurious)
            continue;
        thread->spurious = false;
        thread->can = model_is_signalled;
        dropped = true;
    }
    return dropped;
}

static bool clock_may_jump(unsigned n)
{
    return n > 0 &&
           (model.time_passes || (model.options.faults & EXPLORE_CLOCK) != 0) &&
           next_moment() != MODEL_NEVER;
}

/* The second half of a very long schedule is fair, without a choice: whatever
 * ends under a fair scheduler ends then. */
static bool is_in_fair_part(void)
{
    return model.steps > model.options.steps / 2;
}

static struct thread *oldest(struct thread *const *list, unsigned n)
{
    struct thread *found = list[0];

    for (unsigned i = 1; i < n; i++)
        if (list[i]->stamp < found->stamp)
            found = list[i];
    return found;
}

/* For the one who makes the failure simpler: who had which step. */
static struct thread *picked(struct thread *thread)
{
    struct shared *shared = model.shared;

    if (shared->pick_count < MODEL_CHOICES)
        shared->picks[shared->pick_count++] = (uint16_t)thread->number;
    return thread;
}

/* The same for a step that nobody chose: a script goes on by it too. */
static struct thread *picked_unasked(struct thread *thread)
{
    if (script_is_on())
        script_only_one(thread);
    return picked(thread);
}

/* Who runs next. Time passes when no one can. */
__attribute__((noinline)) static struct thread *pick(void)
{
    struct thread *list[MODEL_THREADS];

    for (;;) {
        unsigned n = list_enabled(list);
        if (clock_may_jump(n) &&
            model_choose(CHOICE_CLOCK, CLOCK_CHANCES) == 1) {
            pass_time(next_moment());
            continue;
        }
        if (n > 0 && is_in_fair_part())
            return picked_unasked(oldest(list, n));
        if (n > 0)
            return picked(list[choose_among(CHOICE_THREAD, n, list)]);
        struct thread *observer = find_observer();
        if (observer != NULL)
            return picked_unasked(observer);
        int64_t moment = next_moment();
        if (moment != MODEL_NEVER)
            pass_time(moment);
        else if (!drop_spurious())
            verdict_no_thread_can_run();
    }
}

void model_event(enum model_op op, const struct object *object, const void *pc,
                 enum event_note note)
{
    struct shared *shared = model.shared;
    struct event *event = &shared->events[shared->event_count];

    if (shared->event_count == MODEL_EVENTS)
        return;
    shared->event_count++;
    *event = (struct event){
        .pc = pc,
        .time = model.now,
        .thread = (uint16_t)(model_self != NULL ? model_self->number : 0),
        .op = (uint8_t)op,
        .other = NOBODY,
        .holder = NOBODY,
        .step = shared->pick_count,
        .note = (uint8_t)note};
    if (object == NULL)
        return;
    event->kind = (uint8_t)object->kind;
    event->object = (uint16_t)object->number;
    if (object->holder != NULL)
        event->holder = (uint16_t)object->holder->number;
}

/* The event that was written last is about this thread too. */
void model_event_about(const struct thread *thread)
{
    struct shared *shared = model.shared;

    if (shared->event_count > 0)
        shared->events[shared->event_count - 1].other =
            (uint16_t)thread->number;
}

static enum event_note reason_to_leave(const struct thread *self)
{
    if (self->state == THREAD_ENDED)
        return NOTE_ENDED;
    if (self->op == OP_UNTIL_BLOCKED)
        return NOTE_OBSERVES;
    if (model_is_enabled(self))
        return self->op == OP_YIELD ? NOTE_YIELDS : NOTE_PREEMPTED;
    return self->op == OP_SLEEP ? NOTE_SLEEPS : NOTE_BLOCKS;
}

static void note_switch(const struct thread *self, const struct thread *next,
                        enum event_note why)
{
    struct shared *shared = model.shared;

    if (shared->event_count == MODEL_EVENTS)
        return;
    model_event(OP_SWITCH, self->object, self->pc, why);
    struct event *event = &shared->events[shared->event_count - 1];
    event->other = (uint16_t)next->number;
    event->until = self->deadline;
    if (why == NOTE_OBSERVES || (self->op == OP_JOIN && why == NOTE_BLOCKS))
        event->object = (uint16_t)self->target->number;
    shared->outcome.switches++;
}

static void count_step(const struct thread *thread)
{
    model.shared->progress++;
    model.shared->point = thread->pc;
    mix(thread->number * 64 + (uint32_t)thread->op);
    if (++model.steps <= model.options.steps)
        return;
    livelock_tell();
    verdict_end(EXPLORE_INCONCLUSIVE,
                "the step limit of %lu schedule points came before the end",
                model.options.steps);
}

/* The end of the caller's own stack: all that a thread keeps lies before it. */
static inline const char *end_of_stack(void)
{
    const char *end;

#if defined __x86_64__
    __asm__("mov %%rsp, %0" : "=r"(end));
#elif defined __aarch64__
    __asm__("mov %0, sp" : "=r"(end));
#else
#error "say here which register is the stack pointer"
#endif
    return end;
}

static void switch_to(struct thread *self, struct thread *next)
{
    if (next != self)
        note_switch(self, next, reason_to_leave(self));
    model.streak = next == self ? model.streak + 1 : 0;
    model.last = next;
    next->state = THREAD_RUNNING;
    if (next == self)
        return;
    self->yields = 0;
    turn_pass(self, next);
}

/* The calls that need what they were called for: a barrier or a pipe may go
 * while a thread is on its way out of it, and memory is for a sanitizer to
 * watch. */
static bool needs_object(enum model_op op)
{
    switch (op) {
    case OP_LOCK:
    case OP_TRYLOCK:
    case OP_UNLOCK:
    case OP_RELOCK:
    case OP_READ_LOCK:
    case OP_WAIT:
    case OP_SIGNAL:
    case OP_BROADCAST:
        return true;
    default:
        return false;
    }
}

/* Another thread may have destroyed or freed it before this one's turn came. */
static void check_object(const struct thread *self)
{
    if (self->object != NULL && self->object->kind == OBJECT_NONE &&
        needs_object(self->op))
        verdict_misuse(self->pc,
                       "thread %u uses a lock or a condition that another "
                       "thread has destroyed or freed",
                       self->number);
}

bool model_park(enum model_op op, struct object *object, const void *pc,
                bool (*can)(const struct thread *), int64_t deadline)
{
    struct thread *self = model_self;

    self->op = op;
    self->object = object;
    self->pc = pc;
    self->can = can;
    self->deadline = deadline;
    self->interrupted = false;
    for (;;) {
        self->stamp = ++model.stamp;
        self->state = THREAD_PARKED;
        count_step(self);
        if (can != NULL && !can(self) && deadline > model.now)
            model_event(op, object, pc, NOTE_BLOCKS);
        self->stack = end_of_stack();
        self->fake_stack = livelock_fake_stack();
        if (is_in_fair_part())
            livelock_look(self);
        switch_to(self, pick());
        check_object(self);
        bool waited = self->can != NULL && !self->can(self);
        if (signals_run_handlers(self) && self->interruptible && waited) {
            self->interrupted = true;
            return false;
        }
        if (self->can == NULL || self->can(self)) {
            strategy_done(self);
            return true;
        }
        if (self->deadline <= model.now) {
            self->op = OP_CLOCK; /* what it did was to give up waiting */
            strategy_done(self);
            return false;
        }
        can = self->can;
        deadline = self->deadline;
    }
}

void model_point(enum model_op op, struct object *object, const void *pc)
{
    (void)model_park(op, object, pc, NULL, MODEL_NEVER);
}

void model_finish(struct thread *thread)
{
    thread->state = THREAD_ENDED;
    thread->op = OP_END;
    model.parked--;
    model.shared->progress++;
    if (model.parked == 0) {
        verdict_look_for_leaks();
        turn_pass(thread, model.controller);
        return;
    }
    struct thread *next = pick();
    note_switch(thread, next, NOTE_ENDED);
    model.streak = 0;
    model.last = next;
    next->state = THREAD_RUNNING;
    turn_pass(thread, next);
}
