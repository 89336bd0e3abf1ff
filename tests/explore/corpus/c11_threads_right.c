/* The calls of C11: threads with results, a mutex, a condition, call_once() and
 * thread-specific storage.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <stdbool.h>
#include <threads.h>

#include "corpus.h"

static once_flag once = ONCE_FLAG_INIT;
static mtx_t lock;
static cnd_t changed;
static tss_t own;
static bool ready; /* guarded by lock */

static void make(void)
{
    (void)mtx_init(&lock, mtx_plain);
    (void)cnd_init(&changed);
    (void)tss_create(&own, NULL);
}

static int wait_for_it(void *arg)
{
    call_once(&once, make);
    (void)tss_set(own, arg);
    (void)mtx_lock(&lock);
    while (!ready)
        (void)cnd_wait(&changed, &lock);
    (void)mtx_unlock(&lock);
    return tss_get(own) == arg ? 7 : 0;
}

void scenario(void *arg)
{
    thrd_t thread;
    int result = 0;
    int mine = 0;

    (void)arg;
    (void)thrd_create(&thread, wait_for_it, &mine);
    call_once(&once, make);
    thrd_yield();
    (void)mtx_lock(&lock);
    ready = true;
    (void)cnd_broadcast(&changed);
    (void)mtx_unlock(&lock);
    (void)thrd_join(thread, &result);
    explore_assert(result == 7);
    tss_delete(own);
    cnd_destroy(&changed);
    mtx_destroy(&lock);
}
