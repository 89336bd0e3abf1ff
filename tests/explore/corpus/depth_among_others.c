/* A transfer in two steps, seen half-done by an audit in two steps, among
 * threads that have nothing to do with it: two preemptions, many places for
 * them.
 *
 * Answer: wrong
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { OTHERS = 3 };

struct account {
    pthread_mutex_t lock; /* guards balance */
    int balance;
};

static struct account accounts[2] = {
    {PTHREAD_MUTEX_INITIALIZER, 5},
    {PTHREAD_MUTEX_INITIALIZER, 5},
};
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int lines; /* guarded by log_lock */

static int change(int account, int by)
{
    pthread_mutex_lock(&accounts[account].lock);
    accounts[account].balance += by;
    int balance = accounts[account].balance;
    pthread_mutex_unlock(&accounts[account].lock);
    return balance;
}

static void *transfer(void *arg)
{
    (void)arg;
    (void)change(0, -2);
    (void)change(1, 2);
    return NULL;
}

static void *audit(void *arg)
{
    (void)arg;
    explore_assert(change(1, 0) + change(0, 0) == 10);
    return NULL;
}

static void *write_log(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&log_lock);
        lines++;
        pthread_mutex_unlock(&log_lock);
    }
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[OTHERS + 2];

    for (int i = 0; i < OTHERS; i++)
        pthread_create(&threads[i], NULL, write_log, arg);
    pthread_create(&threads[OTHERS], NULL, transfer, arg);
    pthread_create(&threads[OTHERS + 1], NULL, audit, arg);
    for (int i = 0; i < OTHERS + 2; i++)
        pthread_join(threads[i], NULL);
}
