#include <stdio.h>

static void show(void)
{
    puts("x");
}

int main(void) //! defines `main`, but the tests
{
    show();
    return 0;
}
