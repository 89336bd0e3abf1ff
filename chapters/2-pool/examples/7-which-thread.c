/* Who am I? pthread_self() names the calling thread; pthread_equal() compares
 * two such names (a pthread_t may be a struct, so `==` may not compile). The
 * name is that of a thread as long as the thread has not been joined. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

/* A notebook, and the one who writes in it. */
static struct {
    pthread_mutex_t lock; /* guards both */
    bool taken;
    pthread_t writer; /* valid once taken */
} notebook = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void take(void)
{
    MUST(pthread_mutex_lock(&notebook.lock));
    notebook.writer = pthread_self();
    notebook.taken = true;
    MUST(pthread_mutex_unlock(&notebook.lock));
}

static void *ask(void *name)
{
    MUST(pthread_mutex_lock(&notebook.lock));
    bool mine =
        notebook.taken && pthread_equal(notebook.writer, pthread_self());
    MUST(pthread_mutex_unlock(&notebook.lock));
    printf("%s: %s\n", (const char *)name, mine ? "mine" : "not mine");
    return NULL;
}

int main(void)
{
    pthread_t other;

    (void)ask("main, before");
    take();
    (void)ask("main, after");
    if (pthread_create(&other, NULL, ask, "another thread") != 0)
        return EXIT_FAILURE;
    MUST(pthread_join(other, NULL));
    return EXIT_SUCCESS;
}
