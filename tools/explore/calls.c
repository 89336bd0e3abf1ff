/* Before each schedule: what the models of the calls keep is as new. */
#include "calls.h"

void calls_begin(void)
{
    signals_begin();
    specific_begin();
    memory_begin();
    inits_begin();
    rwlocks_begin();
    pipes_begin();
    rand_begin();
}
