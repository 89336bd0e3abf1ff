/* Whatever a schedule leaves in static data is put back before the next one:
 * what was initialised, what was zero, a function's own, a once that was done.
 *
 * Answer: pass
 * Builds: thread address plain
 */
#include <pthread.h>
#include <stddef.h>

#include "corpus.h"

static int initialised = 7;
static int zero;
static const char *text = "before";
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int times; /* how often make() has run */

static void make(void)
{
    times++;
}

static int count_calls(void)
{
    static int calls;

    return ++calls;
}

static void *spoil(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    initialised = 0;
    zero = 1;
    text = "after";
    pthread_once(&once, make);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void scenario(void *arg)
{
    pthread_t thread;

    explore_assert(initialised == 7 && zero == 0 && text[0] == 'b');
    explore_assert(times == 0 && count_calls() == 1);
    pthread_create(&thread, NULL, spoil, arg);
    pthread_once(&once, make);
    pthread_join(thread, NULL);
    explore_assert(times == 1);
    pthread_mutex_destroy(&lock);
}
