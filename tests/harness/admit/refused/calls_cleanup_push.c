#include <pthread.h>

static void leave(void *arg)
{
    (void)arg;
}

void answer(void)
{
    pthread_cleanup_push(leave, (void *)0); //! pthread_cleanup_push
    pthread_cleanup_pop(1);
}
