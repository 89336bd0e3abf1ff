#include "bench.h"

#include <pthread.h>
#include <sched.h>

enum { ITEMS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int count; /* items in the buffer; guarded by lock */

static void *produce(void *arg)
{
    for (int i = 0; i < ITEMS; i++) {
        pthread_mutex_lock(&lock);
        while (count > 0)
            pthread_cond_wait(&changed, &lock);
        count++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void *consume(void *arg)
{
    pthread_mutex_lock(&lock);
    while (count == 0)
        pthread_cond_wait(&changed, &lock);
    count--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return arg;
}

void bench_buffer(void *arg)
{
    pthread_t threads[3];

    pthread_create(&threads[0], NULL, consume, arg);
    pthread_create(&threads[1], NULL, consume, arg);
    pthread_create(&threads[2], NULL, produce, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

static void *yield(void *arg)
{
    for (int i = 0; i < BENCH_YIELDS; i++)
        (void)sched_yield();
    return arg;
}

void bench_yields(void *arg)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, yield, arg);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}
