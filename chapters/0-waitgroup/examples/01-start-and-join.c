/* Two threads, and how to wait for them. pthread_create() starts a
 * thread in the function that it is given; pthread_join() waits until
 * that function has returned, and brings its result. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct greeting {
    int number;
    int length; /* filled in by the thread, read after it was joined */
};

static void *greet(void *arg)
{
    struct greeting *greeting = arg;

    greeting->length =
        printf("hello from thread %d\n", greeting->number);
    return NULL;
}

int main(void)
{
    struct greeting one = {.number = 1};
    struct greeting two = {.number = 2};
    pthread_t first;
    pthread_t second;

    if (pthread_create(&first, NULL, greet, &one) != 0)
        return EXIT_FAILURE;
    if (pthread_create(&second, NULL, greet, &two) != 0) {
        /* It uses `one` until it ends. */
        (void)pthread_join(first, NULL);
        return EXIT_FAILURE;
    }
    (void)pthread_join(first, NULL);
    (void)pthread_join(second, NULL);
    printf("both are done and have printed %d bytes\n",
           one.length + two.length);
    return EXIT_SUCCESS;
}
