/* Two phases with the library's barrier between them: all of the first is done
 * before any of the second, and one thread in each round is the serial one.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stdatomic.h>

#include "corpus.h"

enum { PARTIES = 3 };

static pthread_barrier_t barrier;
static int parts[PARTIES]; /* each its own thread's, until the barrier */
static int ids[PARTIES] = {0, 1, 2};
static atomic_int serial;

static void *work(void *arg)
{
    int id = *(const int *)arg;

    parts[id] = id + 1;
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
        atomic_fetch_add(&serial, 1);
    explore_assert(parts[0] + parts[1] + parts[2] == 6);
    pthread_barrier_wait(&barrier);
    parts[id] = 0;
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[PARTIES];

    (void)arg;
    pthread_barrier_init(&barrier, NULL, PARTIES);
    for (int i = 0; i < PARTIES; i++)
        pthread_create(&threads[i], NULL, work, &ids[i]);
    for (int i = 0; i < PARTIES; i++)
        pthread_join(threads[i], NULL);
    explore_assert(atomic_load(&serial) == 1);
    pthread_barrier_destroy(&barrier);
}
