/* Four threads come to a door at once, and exactly one of them is the first. To
 * look and to change is one step here, because the machine has one for it: an
 * atomic_flag is set, and the call says whether it was set before. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

enum { GUESTS = 4 };

static atomic_flag was_opened = ATOMIC_FLAG_INIT;

static void *arrive(void *is_first)
{
    *(bool *)is_first = !atomic_flag_test_and_set(&was_opened);
    return NULL;
}

int main(void)
{
    pthread_t thread[GUESTS];
    bool is_first[GUESTS] = {false};
    int started = 0;
    int openers = 0;

    while (started < GUESTS) {
        bool *told = &is_first[started];
        if (pthread_create(&thread[started], NULL, arrive, told) != 0)
            break;
        started++;
    }
    for (int i = 0; i < started; i++) {
        MUST(pthread_join(thread[i], NULL));
        openers += is_first[i];
    }
    printf("%d came, %d opened the door\n", started, openers);
    return EXIT_SUCCESS;
}
