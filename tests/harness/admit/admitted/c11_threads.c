#include <threads.h>

static mtx_t lock;
static cnd_t moved;
static once_flag once = ONCE_FLAG_INIT;
static tss_t key;
static thread_local int mine;

static void start(void)
{
    mtx_init(&lock, mtx_plain);
    cnd_init(&moved);
    tss_create(&key, NULL);
}

static int run(void *arg)
{
    mtx_lock(&lock);
    mine = *(int *)arg;
    cnd_broadcast(&moved);
    mtx_unlock(&lock);
    thrd_sleep(&(struct timespec){.tv_nsec = 1}, NULL);
    return mine;
}

int answer(void)
{
    thrd_t thread;
    int n = 1, result = 0;
    call_once(&once, start);
    if (thrd_create(&thread, run, &n) == thrd_success)
        thrd_join(thread, &result);
    return result;
}
