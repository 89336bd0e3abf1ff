/* Money goes both ways between two accounts; the locks are always taken in the
 * order of the accounts' numbers, so no thread waits for one that waits for it.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

struct account {
    pthread_mutex_t lock; /* guards balance */
    int balance;
};

static struct account accounts[2] = {
    {PTHREAD_MUTEX_INITIALIZER, 10},
    {PTHREAD_MUTEX_INITIALIZER, 10},
};

static void transfer(int from, int to, int sum)
{
    int first = from < to ? from : to;

    pthread_mutex_lock(&accounts[first].lock);
    pthread_mutex_lock(&accounts[1 - first].lock);
    accounts[from].balance -= sum;
    accounts[to].balance += sum;
    pthread_mutex_unlock(&accounts[1 - first].lock);
    pthread_mutex_unlock(&accounts[first].lock);
}

static void *there(void *arg)
{
    (void)arg;
    transfer(0, 1, 3);
    return NULL;
}

static void *back(void *arg)
{
    (void)arg;
    transfer(1, 0, 5);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t a;
    pthread_t b;

    pthread_create(&a, NULL, there, arg);
    pthread_create(&b, NULL, back, arg);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    explore_assert(accounts[0].balance == 12 && accounts[1].balance == 8);
}
