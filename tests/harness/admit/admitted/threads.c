#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t meeting;
static pthread_spinlock_t spin;
static _Thread_local int depth;

static void start(void)
{
    pthread_key_create(&key, free);
    pthread_barrier_init(&meeting, NULL, 2);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
}

static void *run(void *arg)
{
    pthread_once(&once, start);
    pthread_setspecific(key, malloc(1));
    pthread_rwlock_rdlock(&shared);
    depth++;
    pthread_rwlock_unlock(&shared);
    pthread_spin_lock(&spin);
    pthread_spin_unlock(&spin);
    pthread_barrier_wait(&meeting);
    pthread_exit(arg);
}

int answer(void)
{
    pthread_attr_t small;
    pthread_mutexattr_t kind;
    pthread_t thread;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 20);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    return pthread_create(&thread, &small, run, NULL);
}
