/* Two threads that count down 100,000 pieces of work, which is kept in
 * allocated memory: it takes long, but it ends. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "corpus.h"

struct work {
    pthread_mutex_t lock;
    int left; /* guarded by lock */
};

static void *do_work(void *arg)
{
    struct work *work = arg;

    for (;;) {
        pthread_mutex_lock(&work->lock);
        int left = work->left > 0 ? work->left-- : 0;
        pthread_mutex_unlock(&work->lock);
        if (left == 0)
            return NULL;
        sched_yield();
    }
}

void scenario(void *arg)
{
    pthread_t threads[2];
    struct work *work = malloc(sizeof *work);

    (void)arg;
    pthread_mutex_init(&work->lock, NULL);
    work->left = 100000;
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, do_work, work);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&work->lock);
    free(work);
}
