/* Sleep until there is a letter, or until none will come. Two things may end
 * the sleep, so both stand in the loop's question, and after the loop one looks
 * which it was. Here a letter that came before the end is still read. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

static struct {
    pthread_mutex_t lock;   /* guards both below */
    pthread_cond_t changed; /* letters has grown, or ended was set */
    int letters;
    bool ended;
} box = {.lock = PTHREAD_MUTEX_INITIALIZER,
         .changed = PTHREAD_COND_INITIALIZER};

/* True: a letter was read. False: there is none, and none will come. */
static bool read_letter(void)
{
    MUST(pthread_mutex_lock(&box.lock));
    while (box.letters == 0 && !box.ended)
        MUST(pthread_cond_wait(&box.changed, &box.lock));
    bool found = box.letters > 0;
    if (found)
        box.letters--;
    MUST(pthread_mutex_unlock(&box.lock));
    return found;
}

static void *read_all(void *count)
{
    while (read_letter())
        (*(int *)count)++;
    return NULL;
}

int main(void)
{
    pthread_t reader;
    int count = 0;

    if (pthread_create(&reader, NULL, read_all, &count) != 0)
        return EXIT_FAILURE;
    MUST(pthread_mutex_lock(&box.lock));
    box.letters += 2;
    box.ended = true;
    MUST(pthread_cond_signal(&box.changed)); /* there is one reader */
    MUST(pthread_mutex_unlock(&box.lock));
    MUST(pthread_join(reader, NULL));
    printf("%d letters were read\n", count);
    return EXIT_SUCCESS;
}
