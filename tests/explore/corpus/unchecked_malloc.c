/* An allocation is used without a look at whether it succeeded.
 *
 * Answer: crash
 * Builds: thread address plain
 * Faults: memory
 */
#include <pthread.h>
#include <stdlib.h>

#include "corpus.h"

struct job {
    int number;
};

static void *work(void *arg)
{
    struct job *job = malloc(sizeof *job);

    (void)arg;
    job->number = 1;
    free(job);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, work, arg);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
