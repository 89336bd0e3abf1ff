/* WRONG on purpose: two threads change one variable, and nothing puts
 * the changes in order. `counter++` reads, adds and writes; what the
 * other thread wrote in between is lost. Run it a few times. Then build
 * it with -fsanitize=thread, and ThreadSanitizer names both lines. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { TURNS = 1000000 };

/* volatile orders nothing between threads. */
static volatile long counter;

static void *count(void *arg)
{
    (void)arg;
    for (int i = 0; i < TURNS; i++)
        counter++;
    return NULL;
}

int main(void)
{
    pthread_t first;
    pthread_t second;

    if (pthread_create(&first, NULL, count, NULL) != 0)
        return EXIT_FAILURE;
    if (pthread_create(&second, NULL, count, NULL) != 0) {
        (void)pthread_join(first, NULL);
        return EXIT_FAILURE;
    }
    (void)pthread_join(first, NULL);
    (void)pthread_join(second, NULL);
    printf("counted to %ld of %d\n", counter, 2 * TURNS);
    return EXIT_SUCCESS;
}
