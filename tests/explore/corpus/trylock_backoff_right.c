/* The threads of trylock_loop.c, who back off before they try again, each for a
 * time of its own: the other gets both locks meanwhile.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <time.h>

#include "corpus.h"

static pthread_mutex_t locks[2] = {
    PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER,
};
static int ids[2] = {0, 1};

static void *take_both(void *arg)
{
    int mine = *(const int *)arg;

    pthread_mutex_lock(&locks[mine]);
    while (pthread_mutex_trylock(&locks[1 - mine]) != 0) {
        pthread_mutex_unlock(&locks[mine]);
        nanosleep(&(struct timespec){.tv_nsec = 1000000 << mine}, NULL);
        pthread_mutex_lock(&locks[mine]);
    }
    pthread_mutex_unlock(&locks[1 - mine]);
    pthread_mutex_unlock(&locks[mine]);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[2];

    (void)arg;
    pthread_create(&threads[0], NULL, take_both, &ids[0]);
    pthread_create(&threads[1], NULL, take_both, &ids[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
