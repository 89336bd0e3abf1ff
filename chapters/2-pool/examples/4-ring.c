/* The last three lines of a longer text. An array whose end is joined to its
 * beginning is a ring: one step on from the last place is place 0, and nothing
 * is ever moved. The remainder of a division takes the step. */
#include <stdio.h>
#include <stdlib.h>

enum { PLACES = 3 };

/* Invariant: the newest line stands just before `next`, and the lines before it
 * follow backwards round the ring, as many as there are. */
struct tail {
    const char *line[PLACES];
    size_t next; /* where the next line goes; 0 to PLACES - 1 */
};

static void remember(struct tail *tail, const char *line)
{
    tail->line[tail->next] = line; /* the oldest one is forgotten */
    tail->next = (tail->next + 1) % PLACES;
}

int main(void)
{
    static const char *const text[] = {"1st", "2nd", "3rd", "4th", "5th"};
    struct tail tail = {.next = 0};

    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        remember(&tail, text[i]);
    printf("the places hold: %s %s %s\n", tail.line[0], tail.line[1],
           tail.line[2]);
    printf("in their order:  ");
    /* The oldest stands at `next`, where the next one would go. */
    for (size_t i = 0; i < PLACES; i++)
        printf("%s ", tail.line[(tail.next + i) % PLACES]);
    printf("\n");
    return EXIT_SUCCESS;
}
