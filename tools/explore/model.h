/* What the explorer knows of the running program, shared by its own files.
 *
 * Exactly one thread of a schedule runs at a time: it holds the token. Whatever
 * is said here to be guarded by the token is touched by that thread alone, and
 * the hand-over of the token orders all accesses. These files are compiled
 * without a sanitizer: ThreadSanitizer must not see the token. */
#ifndef EXPLORE_MODEL_H
#define EXPLORE_MODEL_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "explore.h"
#include "fiber.h"

enum {
    MODEL_THREADS = 1024, /* most threads in a schedule */
    MODEL_AT_ONCE =
        600, /* most that have not ended; the demo of work has 510 */
    MODEL_OBJECTS = 4096, /* most locks, conditions, ... alive; a power of 2 */
    MODEL_CHOICES = 1 << 20,
    MODEL_EVENTS = 32768,
    MODEL_KEYS = 64,
    FAULTS_A_SCHEDULE = 1 /* allocations and threads that fail by choice */
};

#define MODEL_NEVER INT64_MAX

/* What a thread is about to do, or has done. */
enum model_op {
    OP_NONE,
    OP_START,
    OP_END,
    OP_CREATE,
    OP_JOIN,
    OP_DETACH,
    OP_LOCK,
    OP_TRYLOCK,
    OP_UNLOCK,
    OP_WAIT,   /* gives up the lock, waits */
    OP_RELOCK, /* was woken, wants the lock back */
    OP_SIGNAL,
    OP_BROADCAST,
    OP_READ_LOCK,
    OP_SEM_WAIT,
    OP_SEM_TRY,
    OP_SEM_POST,
    OP_BARRIER,
    OP_ONCE,
    OP_YIELD,
    OP_SLEEP,
    OP_SIGNAL_WAIT,
    OP_SIGNAL_SEND,
    OP_SIGNAL_MASK, /* or another look at signals, or another action */
    OP_HANDLER,
    OP_PIPE_READ,
    OP_PIPE_WRITE,
    OP_PIPE_CLOSE,
    OP_POLL,
    OP_ATOMIC,
    OP_ATOMIC_LOAD,
    OP_ACCESS, /* to plain memory, where that was asked for */
    OP_BLOCK,  /* a basic block, in builds without ThreadSanitizer */
    OP_UNTIL_BLOCKED,
    OP_CLOCK, /* time has passed */
    OP_FAULT,
    OP_VERDICT,
    OP_SWITCH, /* another thread runs: from thread to other */
    OP_COUNT
};

enum object_kind {
    OBJECT_NONE,
    OBJECT_THREAD,
    OBJECT_MUTEX,
    OBJECT_COND,
    OBJECT_RWLOCK,
    OBJECT_SEM,
    OBJECT_BARRIER,
    OBJECT_ONCE,
    OBJECT_PIPE,
    OBJECT_ATOMIC,
    OBJECT_SIGNALS,
    OBJECT_SPIN,
    OBJECT_MEMORY /* plain, where its accesses are points */
};

struct thread;

/* A lock, condition, ...: found by its address. Guarded by the token. */
struct object {
    const void *address;
    enum object_kind kind;
    unsigned number;        /* within its kind, from 1, for the reader */
    int type;               /* of a mutex */
    bool realtime;          /* of a condition: its clock */
    bool destroyed;         /* and not initialised again */
    struct thread *holder;  /* of a mutex, or the writer; NULL: free */
    unsigned depth;         /* how often the holder has it, or the readers */
    const void *held_since; /* where it was taken */
    long value;             /* of a semaphore, or arrivals at a barrier */
    unsigned needed;        /* of a barrier */
    unsigned generation;    /* of a barrier: rounds that are complete */
    struct thread *first;   /* who waits, the oldest first */
    struct thread *last;
    const void *signalled_at; /* the last time; NULL: never */
    unsigned signal_found;    /* how many waited then */
    unsigned signal_woke;     /* and how many of them it woke */
    unsigned trying;          /* threads that stand at a trylock */
    uint64_t hash;            /* who did what to it, in which order */
};

enum thread_state {
    THREAD_UNUSED,
    THREAD_PARKED,
    THREAD_RUNNING,
    THREAD_ENDED
};

/* One thread of the program, and the fiber or the kernel thread that plays its
 * part in every schedule. Guarded by the token, but for the turn. */
struct thread {
    unsigned number;
    int turn; /* the token: 1 while it is this thread's; atomic, a futex */
    int tid;  /* of the kernel thread, 0: there is none */
    pthread_t real;
    struct fiber fiber;
    void *leave;    /* a jmp_buf: to the end of its part */
    void *cleanups; /* handlers that are pushed, the innermost first */
    enum thread_state state;

    void *(*run)(void *);
    void *arg;
    void *result;
    const void *created_at;
    struct thread *creator;
    bool own; /* of the test */
    bool detached;
    uint64_t joined;    /* when: a stamp; 0: not yet */
    bool inherited;     /* a later thread has its identity */
    pthread_t identity; /* what the program knows it by */
    const struct thread *joiner;
    char edge;     /* an address for ThreadSanitizer: create */
    char end_edge; /* likewise: join */

    enum model_op op;                   /* what it is about to do */
    struct object *object;              /* to what */
    struct object *second;              /* the condition of a wait */
    struct object *lock;                /* the lock that it waits with */
    const void *pc;                     /* at which line */
    const void *behalf;                 /* see explore_on_behalf_of() */
    bool (*can)(const struct thread *); /* NULL: at any time */
    int64_t deadline; /* or MODEL_NEVER, on the virtual clock */
    uint64_t stamp;   /* when it was parked: the smaller waits longer */
    bool woken;       /* by a signal to its condition */
    bool spurious;    /* it may wake for no reason */
    unsigned spurious_count;
    struct thread *next;         /* in its condition's list */
    const struct thread *target; /* of a join */

    uint64_t mask;      /* blocked signals, a bit each */
    uint64_t pending;   /* for this thread alone */
    uint64_t wanted;    /* by sigwait() */
    bool interruptible; /* a handler ends what it waits for */
    bool interrupted;   /* one did */
    bool restarts;      /* but not one that was installed with SA_RESTART */
    unsigned handlers;  /* that it is in, one within the other */
    uint64_t awaited;   /* by can(): a round, a number of bytes */
    const void *awaits; /* likewise: what poll() looks at */

    uint64_t blocks_since; /* the stamp of its last point */
    unsigned blocks;       /* that it has run through since */
    unsigned blocks_most;  /* until the next one */

    void *specific[MODEL_KEYS];
    bool has_specific;  /* any of these was ever set */
    int64_t looked_at;  /* when it last looked at the clock */
    unsigned looks;     /* how often it did so then */
    int64_t look_takes; /* ns; 0: no time yet */
    uint64_t drawn;     /* random numbers, since the last seed */
    uint64_t seed;      /* which one that was */
    uint64_t priority;  /* of the strategy */
    uint64_t hash;      /* what it has done, for the partial order */
    unsigned yields;    /* points that it gave up since another ran */

    const char *stack;  /* while it is parked: from here to the base */
    const char *base;   /* of its part of the stack */
    void *fake_stack;   /* AddressSanitizer's; NULL: none, or not known */
    uint64_t registers; /* a hash of them, when it was parked */
};

enum choice_kind {
    CHOICE_THREAD,
    CHOICE_WAITER,
    CHOICE_SPURIOUS,
    CHOICE_CLOCK,
    CHOICE_MEMORY,
    CHOICE_CREATE,
    CHOICE_RANDOM,
    CHOICE_KINDS
};

struct choice {
    uint8_t kind;
    uint8_t check; /* 4 bits of what the program had done by then */
    uint16_t n;    /* how many there were to choose from */
    uint16_t value;
};

/* A row of the table. */
struct event {
    const void *pc;
    int64_t time;
    uint16_t thread;
    uint8_t op;
    uint8_t kind;    /* of the object */
    uint16_t object; /* its number, or the thread's */
    uint16_t other;  /* who was woken, created or switched to; or NOBODY */
    uint16_t holder; /* of the object; or NOBODY */
    uint8_t note;    /* enum event_note */
    uint32_t step;   /* picks made before it */
    int64_t until;   /* of a sleep or a timed wait */
};

enum event_note {
    NOTE_NONE,
    NOTE_BLOCKS,
    NOTE_TIMED_OUT,
    NOTE_FAILED,
    NOTE_LOST,
    NOTE_SPURIOUS,
    /* of a switch: why it came */
    NOTE_ENDED,
    NOTE_SLEEPS, /* until */
    NOTE_YIELDS,
    NOTE_OBSERVES, /* it waits until the object, a thread, is blocked */
    NOTE_PREEMPTED
};

enum { NOBODY = 0xffff };

/* What a schedule came to: in memory that the parent process shares. */
struct outcome {
    enum explore_verdict verdict;
    bool over;                  /* the schedule has a verdict */
    char message[EXPLORE_TEXT]; /* "\001ADDRESS\002" stands for a line */
    const void *places[EXPLORE_PLACES];
    unsigned place_count;
    char file[EXPLORE_TEXT / 4]; /* of the assertion; "": none */
    int line;
    uint32_t hash; /* of everything that was done */
    unsigned switches;
    unsigned steps;
    unsigned long number; /* of the schedule, in its plan */
    unsigned strategy;    /* that it was run under; 0: none */
};

/* What all schedules of a portfolio came to. */
struct tally {
    unsigned long run[EXPLORE_STRATEGIES];
    unsigned long distinct[EXPLORE_STRATEGIES];
    bool complete;
    int bound;
    unsigned states;
    uint64_t state_sum;
};

struct shared {
    volatile unsigned long progress; /* changes while anything happens */
    volatile int running;            /* tid of the thread with the token */
    const void *volatile point;      /* where it stood last */
    volatile bool finished;          /* the child has run its whole plan */
    struct outcome outcome;
    struct tally tally;
    unsigned choice_count;
    struct choice choices[MODEL_CHOICES];
    unsigned event_count;
    struct event events[MODEL_EVENTS];
    unsigned pick_count;
    uint16_t picks[MODEL_CHOICES]; /* which thread had each step */
};

/* Everything about the current schedule. Guarded by the token. */
struct model {
    bool running;
    bool on_fibers; /* else on kernel threads */
    struct thread *threads[MODEL_THREADS];
    unsigned count;  /* of threads in this schedule */
    unsigned known;  /* of threads in any: they are kept */
    unsigned parked; /* how many have not ended */
    int64_t now;     /* ns since the start */
    uint64_t stamp;
    unsigned long steps;
    uint32_t hash;
    struct thread *controller; /* who starts the schedules; no thread of them */
    struct thread *last;       /* who ran before the current choice */
    unsigned streak;           /* points that it has passed without a switch */
    uint64_t order;            /* the same for equivalent interleavings */
    struct explore_options options;
    struct shared *shared;
    unsigned long creates;     /* by the code under test */
    unsigned long allocations; /* likewise */
    unsigned fail_create;      /* countdown; 0: none */
    unsigned fail_allocation;
    unsigned long inits; /* asked for */
    unsigned fail_init;
    bool time_passes; /* as with EXPLORE_CLOCK */
    unsigned faults_left;
    unsigned next_interrupt;
    uint64_t random; /* of rand() */
    uint64_t observed;
    bool excused;         /* what is left over at the end */
    unsigned numbers[16]; /* objects made so far, of each kind */
};

/* What a child process runs: prepare() makes the strategy ready for the i-th
 * schedule; false: there is none. */
struct plan {
    bool (*prepare)(const struct plan *plan, unsigned long i);
    const void *what;
    explore_scenario *scenario;
    void *arg;
    bool in_silence; /* what it prints is thrown away */
};

extern struct model model;
extern _Thread_local struct thread *model_self; /* NULL: not in a schedule */

/* Is the caller to be modelled? */
static inline bool model_is_on(void)
{
    return model_self != NULL && model.running;
}

/* The line of the program that called, or the one on whose behalf it did. */
#define CALLER model_caller(__builtin_return_address(0))
static inline const void *model_caller(const void *pc)
{
    return model_self != NULL && model_self->behalf != NULL ? model_self->behalf
                                                            : pc;
}

/* core.c */

/* Stand at a schedule point: another thread may run before this one goes on.
 * With can: until it holds. With a deadline: or until the clock has come to it.
 * False: the deadline came first, or a handler ran (thread->interrupted). */
bool model_park(enum model_op op, struct object *object, const void *pc,
                bool (*can)(const struct thread *), int64_t deadline);
void model_point(enum model_op op, struct object *object, const void *pc);
void model_event(enum model_op op, const struct object *object, const void *pc,
                 enum event_note note);
void model_event_about(const struct thread *thread);
/* The calling thread is over; another runs. Returns when it has been handed the
 * token again, in another schedule. */
void model_finish(struct thread *thread);
bool model_is_enabled(const struct thread *thread);
bool model_is_tired(const struct thread *thread);
bool model_gives_up(const struct thread *thread);
bool model_is_signalled(const struct thread *thread);
unsigned model_choose(enum choice_kind kind, unsigned n);

/* turn.c */

/* The caller is the controller of the schedules that follow. */
void turn_begin(struct thread *controller);
/* A fiber or a kernel thread for this thread, if it has none yet. False: there
 * are no more. */
bool turn_find_player(struct thread *thread);
/* Hand the token over; returns when it comes back to from, the caller. */
void turn_pass(struct thread *from, struct thread *to);
/* The schedule is over where the caller stands. */
_Noreturn void turn_abandon(void);

/* objects.c */
struct object *object_find(const void *address, enum object_kind kind);
struct object *object_new(const void *address, enum object_kind kind);
struct object *object_known(const void *address);
void object_forget(const void *from, size_t size);
void object_forget_all(void);
struct object *object_each(unsigned *at);
void object_append(struct object *object, struct thread *thread);
bool object_remove(struct object *object, struct thread *thread);
unsigned object_waiters(const struct object *object);

/* verdict.c: they end the schedule and do not return. The format may contain
 * %s %u %d; VERDICT_LINE stands for the next argument, a pc. */
_Noreturn void verdict_end(enum explore_verdict verdict, const char *format,
                           ...) __attribute__((format(printf, 2, 3)));
_Noreturn void verdict_misuse(const void *pc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* At pc; NULL: where the thread stood last. */
void verdict_set(enum explore_verdict verdict, const void *pc,
                 const char *text);
_Noreturn void verdict_no_thread_can_run(void);
void verdict_scenario_has_ended(void);
void verdict_look_for_leaks(void);
_Noreturn void verdict_stop(void);
const char *verdict_object(const struct object *object);

/* The message holds an address, to be turned into a line later. */
#define VERDICT_LINE "\001%p\002"

/* threads.c */
struct thread *threads_find(pthread_t real);
struct thread *threads_prepare(void);
int threads_create(pthread_t *out, bool detached, bool own, const void *pc,
                   void *(*run)(void *), void *arg);
int threads_join(pthread_t real, void **result, const void *pc);
int threads_detach(pthread_t real, const void *pc);
void threads_yield(const void *pc);
/* The thread's part, in schedule after schedule. */
_Noreturn void threads_play(struct thread *thread);
/* End the caller's part: its clean-up handlers run first. */
_Noreturn void threads_exit(void *result);
/* cleanup.c: run the innermost handler that is pushed, which then ends the
 * thread; returns if there is none. */
void cleanup_run(struct thread *self);

/* specific.c */
void specific_begin(void);
void threads_run_destructors(struct thread *thread);

/* calls.c */
void calls_begin(void);

/* clock.c */
int64_t clock_absolute(clockid_t clock, const struct timespec *when);
int64_t clock_moment_after(const struct timespec *duration);

/* signals.c */
void signals_begin(void);
uint64_t signals_first_mask(void);
bool signals_wake(const struct thread *thread);
bool signals_run_handlers(struct thread *thread);
void signals_come_due(void);
int64_t signals_next(void);

/* memory.c */
void memory_begin(void);
bool memory_leaked(const void **pc, size_t *size, unsigned *blocks);
uint64_t memory_mix(uint64_t hash); /* of all that is allocated */

/* inits.c: is this one to fail?, it was initialised, it was destroyed. */
void inits_begin(void);
bool inits_fail(const void *pc);
void inits_note(const void *address, const char *what, const void *pc);
void inits_forget(const void *address);
bool inits_leaked(const void **pc, const char **what);

/* state.c: is it in the program's static storage? */
bool state_holds(const void *address);

/* strategy.c */
void strategy_begin(unsigned strategy, uint64_t seed, unsigned long number);
void strategy_only_one(struct thread *thread);
void strategy_time_passed(void);
unsigned strategy_pick(enum choice_kind kind, unsigned n,
                       struct thread *const *threads);
void strategy_done(const struct thread *thread);
/* Forced choices come first; then the strategy's. */
void strategy_force(const struct choice *choices, unsigned n);
unsigned strategy_forced(enum choice_kind kind, unsigned n, bool *is_forced);
void strategy_yield(struct thread *thread);

/* search.c */
/* reduce: leave out what is equivalent to something seen. */
void search_begin(unsigned most_preemptions, bool reduce);
unsigned search_pick(enum choice_kind kind, unsigned n,
                     struct thread *const *threads);
void search_only_one(struct thread *thread);
void search_time_passed(void);
void search_counted(void);
void search_start_schedule(void);
void search_end_schedule(void);
bool search_is_over(void);

/* child.c: runs a plan in a process of its own, up to the first failure. */
enum explore_verdict child_run(const struct plan *plan);

/* run.c */
void run_plan(const struct plan *plan);

/* places.c */
void places_fill(struct explore_result *result, const struct outcome *outcome);

/* script.c */
struct script;
void script_begin(const struct script *script);
bool script_is_on(void);
unsigned script_pick(unsigned n, struct thread *const *threads);
unsigned script_fault(unsigned n);
void script_only_one(const struct thread *thread);

/* reduce.c: makes the failure that was just found as simple as it can be. What
 * is in the shared memory afterwards is the simpler run. The result: the first
 * step after which all continuations failed, and how many were tried. */
struct doom {
    unsigned step; /* UINT32_MAX: not found */
    unsigned tried;
};
struct doom reduce(const struct plan *plan);

/* table.c */
void table_write(struct explore_result *result, const struct doom *doom);

/* livelock.c: a thread is parked, in the fair part of a schedule. */
void livelock_begin(void);
void livelock_look(struct thread *self);
void livelock_tell(void);        /* ends the schedule, if it is one */
void *livelock_fake_stack(void); /* the caller's */
uint64_t livelock_mix_memory(uint64_t hash, const void *from, size_t size);

/* schedule.c */
void schedule_write(char *to, size_t size, unsigned faults,
                    const struct choice *choices, unsigned n, uint32_t hash);
/* False: the string is no schedule string. *total: SCHEDULE_OPEN, if it says
 * only how the schedule begins. */
#define SCHEDULE_OPEN UINT32_MAX
bool schedule_read(const char *from, unsigned *faults, struct choice *choices,
                   unsigned *n, unsigned *total, uint32_t *hash);

/* state.c */
bool state_save(void);
void state_restore(void);
/* Has the program thread-local data? Put the calling kernel thread's back. */
bool state_is_thread_local(void);
void state_restore_thread_local(void);
uint64_t state_mix(uint64_t hash); /* of all that is put back */

/* tsan.c: nothing happens without ThreadSanitizer. */
void tsan_release_to(void *address);
void tsan_acquire_from(void *address);
void tsan_reads(const void *address, const void *pc);
/* No access there is ever part of a race. */
void tsan_ignores(void *address, size_t size);

#endif
