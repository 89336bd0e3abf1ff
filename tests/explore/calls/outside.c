/* Outside of a schedule every call is the C library's: real threads, real time,
 * real signals. This program has a main() of its own. */
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include "calls.h"

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            (void)printf("NOT OK %s:%d: %s\n", __FILE__, __LINE__,             \
                         #condition);                                          \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static sem_t sem;
static pthread_key_t key;
static int count;
static int onces;
static atomic_int total;

static void run_once(void)
{
    onces++;
}

static void *work(void *arg)
{
    pthread_mutex_lock(&mutex);
    count++;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    pthread_once(&once, run_once);
    CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    CHECK(pthread_setspecific(key, arg) == 0);
    CHECK(pthread_getspecific(key) == arg);
    atomic_fetch_add(&total, 1);
    pthread_barrier_wait(&barrier);
    sem_post(&sem);
    return arg;
}

static void with_threads(void)
{
    struct timespec soon;
    pthread_t threads[2];
    void *result;

    CHECK(sem_init(&sem, 0, 0) == 0 && pthread_key_create(&key, NULL) == 0);
    CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, work, &barrier) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(sem_wait(&sem) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], &result) == 0 && result == &barrier);
    CHECK(count == 2 && onces == 1 && total == 2);
    clock_gettime(CLOCK_REALTIME, &soon);
    CHECK(sem_timedwait(&sem, &soon) == -1 && errno == ETIMEDOUT);
    pthread_mutex_lock(&mutex);
    CHECK(pthread_cond_timedwait(&cond, &mutex, &soon) == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    CHECK(!explore_running());
}

static mtx_t lock;
static cnd_t changed;

static int work_as_c11(void *arg)
{
    mtx_lock(&lock);
    count = 7;
    cnd_signal(&changed);
    mtx_unlock(&lock);
    return *(int *)arg;
}

static void with_c11(void)
{
    int value = 5;
    int result = 0;
    thrd_t thread;

    count = 0;
    CHECK(mtx_init(&lock, mtx_timed) == thrd_success);
    CHECK(cnd_init(&changed) == thrd_success);
    CHECK(thrd_create(&thread, work_as_c11, &value) == thrd_success);
    mtx_lock(&lock);
    while (count != 7)
        cnd_wait(&changed, &lock);
    mtx_unlock(&lock);
    CHECK(thrd_join(thread, &result) == thrd_success && result == 5);
    mtx_destroy(&lock);
    cnd_destroy(&changed);
}

static volatile sig_atomic_t handled;

static void note(int signal)
{
    (void)signal;
    handled = 1;
}

static void with_the_kernel(void)
{
    const struct timespec time = {0, 20 * MS};
    struct timespec before;
    struct timespec after;
    int ends[2];
    char byte = 0;
    int status = -1;

    clock_gettime(CLOCK_MONOTONIC, &before);
    nanosleep(&time, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    CHECK((after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec -
              before.tv_nsec >=
          20L * MS);
    signal(SIGUSR1, note);
    raise(SIGUSR1);
    CHECK(handled == 1);
    CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
    struct pollfd fd = {ends[0], POLLIN, 0};
    CHECK(poll(&fd, 1, 1000) == 1 && read(ends[0], &byte, 1) == 1);
    CHECK(byte == 'x' && close(ends[0]) == 0 && close(ends[1]) == 0);
    pid_t child = fork();
    if (child == 0)
        _exit(3);
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3);
    CHECK(system("exit 4") >> 8 == 4);
    srand(1);
    int first = rand();
    srand(1);
    CHECK(rand() == first);
}

/* A handler and a mask that were set before are there in the schedule. */
static void scenario(void *arg)
{
    (void)arg;
    handled = 0;
    explore_assert(raise(SIGUSR1) == 0 && handled == 1);
}

int main(void)
{
    static struct explore_result result;

    with_threads();
    with_c11();
    with_the_kernel();
    (void)explore_run(scenario, NULL, NULL, &result);
    CHECK(result.verdict == EXPLORE_PASS);
    with_the_kernel();
    (void)printf("ok outside\n");
    return 0;
}
