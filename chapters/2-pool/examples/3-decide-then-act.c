/* Tell someone of a change, without the lock. What is to be told is decided
 * under the lock and kept in a local variable; the telling comes after the
 * unlock. So the one who is told may take its time, and may ask back. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { LIMIT = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards level */
static int level;

static int get_level(void)
{
    MUST(pthread_mutex_lock(&lock));
    int now = level;
    MUST(pthread_mutex_unlock(&lock));
    return now;
}

static void warn(void)
{
    printf("the limit is reached, the level is %d\n", get_level());
}

static void raise_level(void (*reached)(void))
{
    MUST(pthread_mutex_lock(&lock));
    level++;
    bool tell = level == LIMIT;
    MUST(pthread_mutex_unlock(&lock));

    if (tell)
        reached(); /* calls get_level(), which takes the lock */
}

int main(void)
{
    for (int i = 0; i < LIMIT + 2; i++)
        raise_level(warn);
    printf("at the end the level is %d\n", get_level());
    return EXIT_SUCCESS;
}
