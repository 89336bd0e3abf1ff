#include <stdlib.h>

void (*leave)(int) = exit; //! uses `exit`, which ends the whole program
