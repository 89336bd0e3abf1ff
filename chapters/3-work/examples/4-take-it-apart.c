/* To take a list apart, node by node. A node that is given away may be gone at
 * once, and its `next` with it; so what follows is read first. Here giving away
 * is free(). */
#include <stdio.h>
#include <stdlib.h>

struct node {
    int number;
    struct node *next;
};

static struct node *push(struct node *list, int number)
{
    struct node *node = malloc(sizeof *node);

    if (node == NULL)
        return list; /* a shorter list is still a list */
    node->number = number;
    node->next = list;
    return node;
}

static void give_away(struct node *node)
{
    printf("goes: %d\n", node->number);
    free(node);
}

int main(void)
{
    struct node *list = NULL;

    for (int number = 3; number >= 1; number--)
        list = push(list, number);
    while (list != NULL) {
        struct node *rest = list->next; /* before the node goes */
        give_away(list);
        list = rest;
    }
    return EXIT_SUCCESS;
}
