#include <stdlib.h>

/* exit(3) is only a word here. */
int pool_answer(int n)
{
    const char *said = "exit(1)";
    if (n > 1)
        exit(said[0]); //! uses `exit`, which ends the whole program
    return n;
}
