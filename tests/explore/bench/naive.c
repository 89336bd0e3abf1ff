/* The simplest explorer there is, as a baseline: it creates and joins its
 * threads in each schedule, chooses by chance, and tells nothing. One thread
 * runs at a time; it hands the turn to the next by a futex.
 *
 *     naive SCHEDULES
 *
 * prints how many schedules it ran per second. It is compiled without
 * ThreadSanitizer and calls the real functions, as the explorer does. */
#include <linux/futex.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg);
int __real_pthread_join(pthread_t thread, void **result);
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg);
int __wrap_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int __wrap_pthread_cond_broadcast(pthread_cond_t *cond);
int __wrap_sched_yield(void);

enum { THREADS = 4 };

struct thread {
    int turn; /* a futex; atomic */
    bool ended;
    const void *wants; /* a mutex; NULL: none */
    const void *waits; /* for a condition; NULL: for none */
    const struct thread *joins;
    pthread_t real;
    void *(*run)(void *);
    void *arg;
};

static struct thread threads[THREADS]; /* all of these: whose turn it is */
static unsigned count;
static const void *held; /* the scenario has one mutex */
static uint64_t chance = 1;
static _Thread_local struct thread *self;

static void wait_turn(struct thread *thread)
{
    while (__atomic_load_n(&thread->turn, __ATOMIC_ACQUIRE) == 0)
        (void)syscall(SYS_futex, &thread->turn, FUTEX_WAIT_PRIVATE, 0, NULL,
                      NULL, 0);
    __atomic_store_n(&thread->turn, 0, __ATOMIC_RELAXED);
}

static void give_turn(struct thread *thread)
{
    __atomic_store_n(&thread->turn, 1, __ATOMIC_RELEASE);
    (void)syscall(SYS_futex, &thread->turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL,
                  0);
}

static bool can_run(const struct thread *thread)
{
    return !thread->ended && thread->waits == NULL &&
           (thread->wants == NULL || held == NULL) &&
           (thread->joins == NULL || thread->joins->ended);
}

static struct thread *pick(void)
{
    struct thread *list[THREADS];
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++)
        if (can_run(&threads[i]))
            list[n++] = &threads[i];
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return list[(chance >> 33) % n];
}

static void point(void)
{
    struct thread *next = pick();

    if (next == self)
        return;
    give_turn(next);
    wait_turn(self);
}

static void *play(void *arg)
{
    struct thread *thread = arg;

    wait_turn(thread);
    self = thread;
    void *result = thread->run(thread->arg);
    thread->ended = true;
    give_turn(pick());
    return result;
}

int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *arg)
{
    struct thread *thread = &threads[count++];

    *thread = (struct thread){.run = run, .arg = arg};
    int error = __real_pthread_create(out, attributes, play, thread);
    thread->real = *out;
    point();
    return error;
}

int __wrap_pthread_join(pthread_t real, void **result)
{
    unsigned i = 1;

    while (!pthread_equal(threads[i].real, real))
        i++;
    self->joins = &threads[i];
    point();
    self->joins = NULL;
    return __real_pthread_join(real, result);
}

static void take(pthread_mutex_t *mutex)
{
    self->wants = mutex;
    point();
    self->wants = NULL;
    held = mutex;
    (void)__real_pthread_mutex_lock(mutex);
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    take(mutex);
    return 0;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    held = NULL;
    return __real_pthread_mutex_unlock(mutex);
}

int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    held = NULL;
    (void)__real_pthread_mutex_unlock(mutex);
    self->waits = cond;
    take(mutex);
    return 0;
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *cond)
{
    for (unsigned i = 0; i < count; i++)
        if (threads[i].waits == cond)
            threads[i].waits = NULL;
    return 0;
}

int __wrap_sched_yield(void)
{
    point();
    return 0;
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    unsigned long schedules = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    double begin = seconds();

    for (unsigned long i = 0; i < schedules; i++) {
        threads[0] = (struct thread){0};
        count = 1;
        self = &threads[0];
        bench_buffer(NULL);
    }
    (void)printf("%f\n", (double)schedules / (seconds() - begin));
    return schedules == 0 ? 2 : 0;
}
