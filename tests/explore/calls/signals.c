#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"

static volatile sig_atomic_t handled;
static volatile sig_atomic_t last_code;
static pthread_t handler_thread;

static void note(int signal)
{
    handled += signal == SIGINT ? 1 : 100;
    handler_thread = pthread_self();
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    explore_assert(sigaction(signal, &action, NULL) == 0);
}

static sigset_t only(int signal)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal);
    return set;
}

static void block(int signal)
{
    sigset_t set = only(signal);

    explore_assert(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
}

static void unblock(int signal)
{
    sigset_t set = only(signal);

    explore_assert(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
}

/* --- Handlers --- */

static void raising(void)
{
    handle(SIGINT, note, 0);
    explore_assert(raise(SIGINT) == 0 && handled == 1);
    explore_assert(kill(getpid(), SIGINT) == 0 && handled == 2);
    explore_assert(pthread_kill(pthread_self(), SIGINT) == 0 && handled == 3);
    explore_assert(pthread_kill(pthread_self(), 0) == 0 && handled == 3);
    explore_assert(kill(getpid(), 0) == 0);
    explore_assert(raise(99) == -1 && errno == EINVAL);
    explore_assert(kill(getpid(), 99) == -1 && errno == EINVAL);
    explore_assert(pthread_kill(pthread_self(), 99) == EINVAL);
}

static void old_actions(void)
{
    struct sigaction old;

    explore_assert(signal(SIGINT, note) == SIG_DFL);
    explore_assert(sigaction(SIGINT, NULL, &old) == 0);
    explore_assert(old.sa_handler == note && (old.sa_flags & SA_RESTART) != 0);
    explore_assert(signal(SIGINT, SIG_IGN) == note);
    explore_assert(raise(SIGINT) == 0 && handled == 0);
    explore_assert(signal(SIGKILL, note) == SIG_ERR && errno == EINVAL);
    explore_assert(sigaction(99, NULL, &old) == -1 && errno == EINVAL);
}

static void pending_is_one(void)
{
    sigset_t set;

    handle(SIGINT, note, 0);
    block(SIGINT);
    raise(SIGINT);
    raise(SIGINT);
    explore_assert(handled == 0);
    explore_assert(sigpending(&set) == 0 && sigismember(&set, SIGINT));
    unblock(SIGINT);
    explore_assert(handled == 1);
    explore_assert(sigpending(&set) == 0 && !sigismember(&set, SIGINT));
    explore_assert(pthread_sigmask(77, &set, NULL) == EINVAL);
}

static void ignored_is_dropped(void)
{
    block(SIGINT);
    raise(SIGINT);
    signal(SIGINT, SIG_IGN);
    signal(SIGINT, note);
    unblock(SIGINT);
    explore_assert(handled == 0);
}

static int depth;

static void nest(int signal)
{
    (void)signal;
    if (++depth < 3)
        raise(SIGINT); /* blocked here: comes when this one is over */
    explore_assert(depth <= 3);
    handled++;
}

static void masked_in_handler(void)
{
    handle(SIGINT, nest, 0);
    raise(SIGINT);
    explore_assert(handled == 3 && depth == 3);
}

static void reset_on_entry(void)
{
    struct sigaction now_set;

    handle(SIGINT, note, (int)SA_RESETHAND);
    raise(SIGINT);
    sigaction(SIGINT, NULL, &now_set);
    explore_assert(handled == 1 && now_set.sa_handler == SIG_DFL);
}

static void with_info(int signal, siginfo_t *info, void *context)
{
    explore_assert(signal == SIGINT && info->si_signo == SIGINT);
    explore_assert(info->si_pid == getpid() && context != NULL);
    last_code = info->si_code;
}

static void information(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = with_info;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGINT, &action, NULL);
    raise(SIGINT);
    explore_assert(last_code == SI_TKILL);
    kill(getpid(), SIGINT);
    explore_assert(last_code == SI_USER);
}

static void *wait_for_a_while(void *arg)
{
    sleep(1);
    return arg;
}

/* A signal to the process goes to any thread that lets it in. */
static void goes_to_who_lets_it_in(void)
{
    handle(SIGINT, note, SA_RESTART);
    pthread_t other = start(wait_for_a_while, NULL);
    block(SIGINT);
    explore_until_blocked(other);
    explore_interrupt();
    join(other);
    explore_assert(handled == 1 && pthread_equal(handler_thread, other));
}

static void mask_is_inherited(void)
{
    block(SIGINT);
    pthread_t other = start(wait_for_a_while, NULL);
    pthread_kill(other, SIGINT);
    join(other);
    explore_assert(handled == 0);
}

/* --- Waits that a handler comes into --- */

static void *send_at_1_s(void *to)
{
    sleep(1);
    explore_assert(pthread_kill(*(pthread_t *)to, SIGINT) == 0);
    return NULL;
}

static pthread_t main_thread;

static pthread_t send_later(void)
{
    main_thread = pthread_self();
    return start(send_at_1_s, &main_thread);
}

static void sleep_is_cut(void)
{
    const struct timespec time = {3, 500 * MS};
    struct timespec left = {0, 0};

    handle(SIGINT, note, SA_RESTART); /* which sleeps do not heed */
    pthread_t sender = send_later();
    explore_assert(nanosleep(&time, &left) == -1 && errno == EINTR);
    explore_assert(left.tv_sec == 2 && left.tv_nsec == 500 * MS);
    explore_assert(now() == 1000L * MS && handled == 1);
    join(sender);
    sender = send_later();
    explore_assert(sleep(3) == 2);
    join(sender);
}

static void lock_is_not_cut(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    const struct timespec until = in_ms(CLOCK_REALTIME, 3000);

    handle(SIGINT, note, 0);
    pthread_mutex_lock(&mutex);
    pthread_t sender = send_later();
    explore_assert(pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT);
    explore_assert(now() == 3000L * MS && handled == 1);
    pthread_mutex_unlock(&mutex);
    join(sender);
}

static void semaphore_is_cut(void)
{
    sem_t sem;

    sem_init(&sem, 0, 0);
    handle(SIGINT, note, 0);
    pthread_t sender = send_later();
    explore_assert(sem_wait(&sem) == -1 && errno == EINTR);
    explore_assert(now() == 1000L * MS && handled == 1);
    join(sender);
    sem_destroy(&sem);
}

static void semaphore_restarts(void)
{
    const struct timespec until = in_ms(CLOCK_REALTIME, 3000);
    sem_t sem;

    sem_init(&sem, 0, 0);
    handle(SIGINT, note, SA_RESTART);
    pthread_t sender = send_later();
    explore_assert(sem_timedwait(&sem, &until) == -1 && errno == ETIMEDOUT);
    explore_assert(now() == 3000L * MS && handled == 1);
    join(sender);
    sem_destroy(&sem);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int ready;
static sem_t inside;
static sem_t go_on;

/* While this handler waits, its thread's condition is signalled. */
static void wait_in_handler(int signal)
{
    (void)signal;
    sem_post(&inside);
    while (sem_wait(&go_on) != 0)
        continue;
    handled++;
}

static void *wait_until_ready(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mutex);
    while (!ready)
        pthread_cond_wait(&cond, &mutex);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void signalled_in_handler(void)
{
    sem_init(&inside, 0, 0);
    sem_init(&go_on, 0, 0);
    handle(SIGUSR1, wait_in_handler, 0);
    pthread_t waiter = start(wait_until_ready, NULL);
    explore_until_blocked(waiter);
    pthread_kill(waiter, SIGUSR1);
    sem_wait(&inside);
    pthread_mutex_lock(&mutex);
    ready = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    sem_post(&go_on);
    join(waiter);
    explore_assert(handled == 1);
}

/* --- Waiting for signals --- */

static void *send_to_process_at_1_s(void *arg)
{
    sleep(1);
    kill(getpid(), SIGINT);
    return arg;
}

static void asking(void)
{
    const struct timespec none = {0, 0};
    const struct timespec bad = {0, 1000000000};
    const struct timespec two = {2, 0};
    sigset_t set = only(SIGINT);
    siginfo_t info;
    int got = 0;

    block(SIGINT);
    explore_assert(sigtimedwait(&set, &info, &none) == -1 && errno == EAGAIN);
    explore_assert(sigtimedwait(&set, NULL, &bad) == -1 && errno == EINVAL);
    explore_assert(sigtimedwait(&set, NULL, &two) == -1 && errno == EAGAIN);
    explore_assert(now() == 2000L * MS);
    explore_interrupt();
    explore_interrupt();
    explore_assert(sigtimedwait(&set, &info, &none) == SIGINT);
    explore_assert(info.si_signo == SIGINT);
    explore_assert(sigtimedwait(&set, NULL, &none) == -1 && errno == EAGAIN);
    pthread_t sender = start(send_to_process_at_1_s, NULL);
    explore_assert(sigwait(&set, &got) == 0 && got == SIGINT);
    explore_assert(now() == 3000L * MS);
    join(sender);
    sender = start(send_to_process_at_1_s, NULL);
    explore_assert(sigwaitinfo(&set, &info) == SIGINT);
    explore_assert(now() == 4000L * MS);
    join(sender);
}

static void asking_is_cut(void)
{
    sigset_t set = only(SIGUSR1);

    block(SIGUSR1);
    handle(SIGINT, note, SA_RESTART);
    pthread_t sender = send_later();
    explore_assert(sigwaitinfo(&set, NULL) == -1 && errno == EINTR);
    explore_assert(handled == 1);
    join(sender);
}

/* The handler may as well run just before pause() waits: then it waits on. */
static void pausing_too_late(void)
{
    handle(SIGINT, note, 0);
    explore_interrupt();
    pause();
}

static void pausing(void)
{
    handle(SIGINT, note, SA_RESTART);
    pthread_t sender = send_later();
    explore_assert(pause() == -1 && errno == EINTR);
    explore_assert(now() == 1000L * MS && handled == 1);
    join(sender);
}

static void suspending(void)
{
    sigset_t none;
    sigset_t old;

    sigemptyset(&none);
    handle(SIGINT, note, 0);
    block(SIGINT);
    raise(SIGINT);
    explore_assert(handled == 0);
    explore_assert(sigsuspend(&none) == -1 && errno == EINTR);
    explore_assert(handled == 1);
    pthread_sigmask(SIG_BLOCK, NULL, &old);
    explore_assert(sigismember(&old, SIGINT));
}

static void never_comes(void)
{
    sigset_t set = only(SIGINT);
    int got;

    block(SIGINT);
    sigwait(&set, &got);
}

/* --- The interrupts that are asked for --- */

static void at_its_time(void)
{
    sigset_t set = only(SIGINT);
    int got = 0;

    block(SIGINT);
    explore_assert(sigwait(&set, &got) == 0 && got == SIGINT);
    explore_assert(now() == 1500L * MS);
    explore_assert(sigwait(&set, &got) == 0 && now() == 2500L * MS);
}

static void killed(void)
{
    sleep(5);
}

static void killed_when_let_in(void)
{
    block(SIGINT);
    sleep(5);
    unblock(SIGINT);
}

static void survives(void)
{
    block(SIGINT);
    sleep(5);
}

static void real_time_signal(void)
{
    raise(SIGRTMIN);
}

#define INTERRUPTED                                                            \
    {                                                                          \
        .interrupts = { 1500L * MS, 2500L * MS }                               \
    }

const struct example examples[] = {
    {.name = "raising", .run = raising},
    {.name = "old_actions", .run = old_actions},
    {.name = "pending_is_one", .run = pending_is_one},
    {.name = "ignored_is_dropped", .run = ignored_is_dropped},
    {.name = "masked_in_handler", .run = masked_in_handler},
    {.name = "reset_on_entry", .run = reset_on_entry},
    {.name = "information", .run = information},
    {.name = "goes_to_who_lets_it_in", .run = goes_to_who_lets_it_in},
    {.name = "mask_is_inherited", .run = mask_is_inherited},
    {.name = "sleep_is_cut", .run = sleep_is_cut},
    {.name = "lock_is_not_cut", .run = lock_is_not_cut},
    {.name = "semaphore_is_cut", .run = semaphore_is_cut},
    {.name = "semaphore_restarts", .run = semaphore_restarts},
    {.name = "signalled_in_handler", .run = signalled_in_handler},
    {.name = "asking", .run = asking},
    {.name = "asking_is_cut", .run = asking_is_cut},
    {.name = "pausing", .run = pausing},
    {.name = "pausing_too_late",
     .run = pausing_too_late,
     .verdict = EXPLORE_DEADLOCK},
    {.name = "suspending", .run = suspending},
    {.name = "never_comes", .run = never_comes, .verdict = EXPLORE_DEADLOCK},
    {.name = "at_its_time", .run = at_its_time, .options = INTERRUPTED},
    {.name = "killed",
     .run = killed,
     .verdict = EXPLORE_CRASH,
     .says = "killed by SIGINT",
     .options = INTERRUPTED},
    {.name = "killed_when_let_in",
     .run = killed_when_let_in,
     .verdict = EXPLORE_CRASH,
     .says = "SIGINT",
     .options = INTERRUPTED},
    {.name = "survives", .run = survives, .options = INTERRUPTED},
    {.name = "real_time_signal",
     .run = real_time_signal,
     .verdict = EXPLORE_UNMODELLED,
     .says = "real-time"},
    {.name = NULL},
};
