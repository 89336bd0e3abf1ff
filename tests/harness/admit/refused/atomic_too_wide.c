#include <stdatomic.h>

struct big {
    long a, b, c;
};

static _Atomic struct big wide;

void answer(void)
{
    atomic_store(&wide, ((struct big){1, 2, 3})); //! wider than the processor's own
}
