/* A function of the caller's, called by code that knows nothing of it. What the
 * function needs comes along as a context that the code in between hands on and
 * never looks at; what it answers is handed back as it is. */
#include <stdio.h>
#include <stdlib.h>

#include "status.h"

/* Where numbers come from. */
struct source {
    enum status (*next)(void *ctx, int *number);
    void *ctx;
};

/* The sum of the next `n` numbers, or why there is none. */
static enum status add_up(const struct source *source, int n, int *sum)
{
    int total = 0;

    for (int i = 0; i < n; i++) {
        int number = 0;
        enum status status = source->next(source->ctx, &number);
        if (status != ST_OK)
            return status; /* as it is: it is the caller's own word */
        total += number;
    }
    *sum = total;
    return ST_OK;
}

/* One source of many: counts down, and then has no more. */
static enum status count_down(void *ctx, int *number)
{
    int *left = ctx;

    if (*left == 0)
        return ST_CLOSED;
    *number = *left;
    (*left)--;
    return ST_OK;
}

int main(void)
{
    int left = 5;
    int sum = 0;
    struct source source = {.next = count_down, .ctx = &left};

    for (int turn = 0; turn < 2; turn++) {
        enum status status = add_up(&source, 3, &sum);
        printf("%s, sum is %d\n", status_str(status), sum);
    }
    return EXIT_SUCCESS;
}
