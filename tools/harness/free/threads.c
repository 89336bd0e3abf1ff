/* pthread_create(), _join() and _detach() of the code under test, passed on and
 * noted. See threads.h for what the table is for. */
#include "threads.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "countdown.h"
#include "harness.h"
#include "record.h"

enum { NOT_YET = 0, GRACE_TRIES = 1000, GRACE_NS = 1000000 };

/* One thread. The creator fills in the first part before `known` is set; the
 * rest is changed by the thread itself, or by whoever joins it. */
struct place {
    void *(*run)(void *);
    void *arg;
    const void *caller; /* where it was created */
    bool own;           /* started by harness_start() */
    pthread_t thread;
    atomic_bool known;    /* thread is filled in */
    atomic_int tid;       /* NOT_YET until it has begun */
    atomic_bool ended;    /* it is past its function */
    atomic_bool released; /* joined or detached */
};

static struct place places[THREADS_MOST];
static atomic_uint used;
static struct countdown creations;  /* by the code under test, tried */
static _Thread_local unsigned mine; /* the calling thread's number */

/* Something that is not zero where the thread-local data of the code under test
 * lies (see tools/explore/explore.ld): the linker gives a section of nothing
 * but zeros the same addresses as the other thread-local data. */
static _Thread_local char initialised
    __attribute__((used, section("explore_tdata"))) = 1;

extern const char __executable_start[]; /* from the linker */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg);
int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);
int __real_pthread_detach(pthread_t thread);
int __wrap_pthread_detach(pthread_t thread);

void threads_begin(void)
{
    places[0].thread = pthread_self();
    atomic_store(&places[0].known, true);
    atomic_store(&places[0].tid, (int)gettid());
    atomic_store(&places[0].released, true);
    places[0].own = true;
    atomic_store(&used, 1);
}

unsigned threads_current_number(void)
{
    return mine;
}

unsigned threads_count(void)
{
    unsigned n = atomic_load(&used);

    return n < THREADS_MOST ? n : THREADS_MOST;
}

bool threads_is_live(unsigned number, pid_t *tid)
{
    *tid = atomic_load(&places[number].tid);
    return !atomic_load(&places[number].ended);
}

bool threads_find(pthread_t thread, unsigned *number)
{
    for (unsigned n = threads_count(); n > 0; n--) {
        const struct place *place = &places[n - 1];
        if (atomic_load(&place->known) &&
            pthread_equal(place->thread, thread)) {
            *number = n - 1;
            return true;
        }
    }
    return false;
}

static void note_end(void *arg)
{
    struct place *place = arg;

    atomic_store(&place->ended, true);
}

/* Where every thread begins. The clean-up handler also sees pthread_exit(). */
static void *begin(void *arg)
{
    struct place *place = arg;
    void *result;

    mine = (unsigned)(place - places);
    atomic_store(&place->tid, (int)gettid());
    pthread_cleanup_push(note_end, place);
    result = place->run(place->arg);
    pthread_cleanup_pop(1);
    return result;
}

static bool is_detached(const pthread_attr_t *attributes)
{
    int state = PTHREAD_CREATE_JOINABLE;

    if (attributes != NULL)
        (void)pthread_attr_getdetachstate(attributes, &state);
    return state == PTHREAD_CREATE_DETACHED;
}

static int create(pthread_t *thread, const pthread_attr_t *attributes,
                  struct place what)
{
    unsigned number = atomic_fetch_add(&used, 1);
    if (number >= THREADS_MOST)
        return EAGAIN;
    struct place *place = &places[number];

    place->run = what.run;
    place->arg = what.arg;
    place->caller = what.caller;
    place->own = what.own;
    atomic_store(&place->released, is_detached(attributes));
    int error = __real_pthread_create(thread, attributes, begin, place);
    if (error != 0) {
        atomic_store(&place->ended, true);
        atomic_store(&place->released, true);
        return error;
    }
    place->thread = *thread;
    atomic_store(&place->known, true);
    return 0;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg)
{
    if (countdown_comes(&creations))
        return EAGAIN;
    return create(thread, attributes,
                  (struct place){.run = run,
                                 .arg = arg,
                                 .caller = __builtin_return_address(0)});
}

static void release(pthread_t thread)
{
    unsigned number;

    if (threads_find(thread, &number))
        atomic_store(&places[number].released, true);
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
    int error = __real_pthread_join(thread, result);

    if (error == 0)
        release(thread);
    return error;
}

int __wrap_pthread_detach(pthread_t thread)
{
    int error = __real_pthread_detach(thread);

    if (error == 0)
        release(thread);
    return error;
}

pthread_t harness_start(void *(*run)(void *), void *arg)
{
    pthread_t thread;
    int error = create(&thread, NULL,
                       (struct place){.run = run, .arg = arg, .own = true});

    if (error != 0) {
        record_line("environment", "a test's own thread could not be started");
        record_end();
    }
    return thread;
}

void *harness_join(pthread_t thread)
{
    void *result = NULL;

    if (__wrap_pthread_join(thread, &result) != 0) {
        record_line("environment", "a test's own thread could not be joined");
        record_end();
    }
    return result;
}

void harness_fail_thread_create(unsigned nth)
{
    countdown_set(&creations, nth);
}

unsigned long harness_thread_creates(void)
{
    return countdown_seen(&creations);
}

unsigned harness_live_threads(void)
{
    unsigned live = 0;

    for (unsigned n = 0; n < threads_count(); n++)
        live += !places[n].own && !atomic_load(&places[n].ended);
    return live;
}

/* A detached thread that has done its work may be on its last few lines. */
static bool ends_soon(struct place *place)
{
    const struct timespec moment = {.tv_nsec = GRACE_NS};

    for (int i = 0; i < GRACE_TRIES && !atomic_load(&place->ended); i++)
        (void)nanosleep(&moment, NULL);
    return atomic_load(&place->ended);
}

void threads_record_leaks(void)
{
    for (unsigned n = 0; n < threads_count(); n++) {
        struct place *place = &places[n];
        if (place->own || (atomic_load(&place->released) && ends_soon(place)))
            continue;
        record_line("leak", "%s\t0x%lx",
                    atomic_load(&place->released)
                        ? "a detached thread that still runs"
                        : "a thread that was never joined",
                    (unsigned long)((uintptr_t)place->caller -
                                    (uintptr_t)__executable_start));
    }
}
