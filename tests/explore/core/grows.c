/* Takes more memory and more, for longer than the watchdog lets a thread spin:
 * whoever limits memory is to say so, not the watchdog. */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "cpu.h"

enum { ROUNDS = 12, CHUNK = 2 << 20, MS = 250 };

void scenario(void *arg)
{
    char *memory = malloc((size_t)ROUNDS * CHUNK);

    (void)arg;
    if (memory == NULL)
        return;
    for (size_t i = 0; i < ROUNDS; i++) {
        memset(memory + i * CHUNK, 1, CHUNK);
        compute(MS);
    }
    free(memory);
}
