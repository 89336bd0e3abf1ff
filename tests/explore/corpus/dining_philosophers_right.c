/* Four philosophers, four forks: the last one takes the right fork first, which
 * breaks the ring.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>

#include "corpus.h"

enum { SEATS = 4 };

static pthread_mutex_t forks[SEATS];
static int ids[SEATS];
static int meals[SEATS]; /* each its own philosopher's */

static void *dine(void *arg)
{
    int seat = *(const int *)arg;
    int first = seat;
    int second = (seat + 1) % SEATS;

    if (second < first) {
        first = second;
        second = seat;
    }
    pthread_mutex_lock(&forks[first]);
    pthread_mutex_lock(&forks[second]);
    meals[seat]++;
    pthread_mutex_unlock(&forks[second]);
    pthread_mutex_unlock(&forks[first]);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[SEATS];

    (void)arg;
    for (int i = 0; i < SEATS; i++)
        pthread_mutex_init(&forks[i], NULL);
    for (int i = 0; i < SEATS; i++) {
        ids[i] = i;
        pthread_create(&threads[i], NULL, dine, &ids[i]);
    }
    for (int i = 0; i < SEATS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < SEATS; i++) {
        explore_assert(meals[i] == 1);
        pthread_mutex_destroy(&forks[i]);
    }
}
