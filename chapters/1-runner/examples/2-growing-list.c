/* A list of numbers that grows. realloc() may move all of it: a pointer
 * into it from before is dead, an index is not. When there is no memory
 * it returns NULL, and the list that was there is still there; so its
 * result goes into a variable of its own. */
#include <stdio.h>
#include <stdlib.h>

struct list {
    long *numbers; /* owned */
    size_t count;
    size_t room;
};

static int grow(struct list *list)
{
    size_t room = list->room == 0 ? 2 : 2 * list->room;
    long *moved = realloc(list->numbers, room * sizeof *moved);

    if (moved == NULL)
        return -1;
    list->numbers = moved;
    list->room = room;
    return 0;
}

static int append(struct list *list, long number)
{
    if (list->count == list->room && grow(list) != 0)
        return -1;
    list->numbers[list->count++] = number;
    return 0;
}

int main(void)
{
    struct list list = {0};
    long sum = 0;

    for (long n = 1; n <= 100; n++)
        if (append(&list, n) != 0)
            break;
    for (size_t i = 0; i < list.count; i++)
        sum += list.numbers[i];
    printf("%zu numbers in room for %zu, their sum is %ld\n",
           list.count, list.room, sum);
    free(list.numbers);
    return EXIT_SUCCESS;
}
