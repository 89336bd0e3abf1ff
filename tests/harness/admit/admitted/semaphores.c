#include <errno.h>
#include <semaphore.h>
#include <time.h>

struct gate {
    sem_t open;
    sem_t full;
};

int gate_init(struct gate *g)
{
    if (sem_init(&g->open, 0, 1) != 0)
        return errno;
    return sem_init(&g->full, 0, 0) == 0 ? 0 : errno;
}

int gate_pass(struct gate *g)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    while (sem_timedwait(&g->open, &until) != 0)
        if (errno != EINTR)
            return errno;
    sem_post(&g->full);
    return 0;
}

void gate_free(struct gate *g)
{
    int left;
    sem_getvalue(&g->open, &left);
    sem_destroy(&g->open);
    sem_destroy(&g->full);
}
