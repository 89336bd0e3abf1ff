/* Calls of one kind, counted, and the nth from now on told apart. Any thread
 * may call. */
#ifndef HARNESS_COUNTDOWN_H
#define HARNESS_COUNTDOWN_H

#include <stdatomic.h>
#include <stdbool.h>

struct countdown {
    atomic_ulong seen;
    atomic_uint left; /* until the one that is meant; 0: none is */
};

static inline void countdown_set(struct countdown *calls, unsigned nth)
{
    atomic_store(&calls->left, nth);
}

static inline unsigned long countdown_seen(struct countdown *calls)
{
    return atomic_load(&calls->seen);
}

/* Note one more call, and say whether it is the one that is meant. */
static inline bool countdown_comes(struct countdown *calls)
{
    unsigned left = atomic_load(&calls->left);

    atomic_fetch_add(&calls->seen, 1);
    while (left > 0)
        if (atomic_compare_exchange_weak(&calls->left, &left, left - 1))
            return left == 1;
    return false;
}

#endif
