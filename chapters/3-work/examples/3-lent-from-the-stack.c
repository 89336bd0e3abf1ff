/* A question on one thread's stack, answered by another thread. While the asker
 * sleeps its stack stays as it is, so the question may be lent out. The asker
 * goes on only when it has seen `answered`, under the lock, and the other never
 * touches the question after that: it leaves the lock last of all. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "must.h"

struct question {
    int number;            /* set before it is lent */
    int square;            /* the answer */
    bool answered;         /* guarded by the desk's lock */
    pthread_cond_t answer; /* answered was set; its asker alone waits here */
};

static struct {
    pthread_mutex_t lock;  /* guards lent */
    pthread_cond_t filled; /* lent was set */
    struct question *lent; /* one at a time is enough here */
} desk = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL};

static void *answer_one(void *unused)
{
    MUST(pthread_mutex_lock(&desk.lock));
    while (desk.lent == NULL)
        MUST(pthread_cond_wait(&desk.filled, &desk.lock));
    struct question *question = desk.lent;
    question->square = question->number * question->number;
    question->answered = true;
    MUST(pthread_cond_signal(&question->answer));
    MUST(pthread_mutex_unlock(&desk.lock)); /* now it may be gone */
    return unused;
}

static int ask(int number)
{
    struct question question = {.number = number};

    MUST(pthread_cond_init(&question.answer, NULL));
    MUST(pthread_mutex_lock(&desk.lock));
    desk.lent = &question;
    MUST(pthread_cond_signal(&desk.filled));
    while (!question.answered)
        MUST(pthread_cond_wait(&question.answer, &desk.lock));
    MUST(pthread_mutex_unlock(&desk.lock));
    MUST(pthread_cond_destroy(&question.answer));
    return question.square;
}

int main(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, answer_one, NULL) != 0)
        return EXIT_FAILURE;
    printf("7 times 7 is %d\n", ask(7));
    MUST(pthread_join(thread, NULL));
    return EXIT_SUCCESS;
}
