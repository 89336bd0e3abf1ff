#ifndef BESIDE_H
#define BESIDE_H

static inline int twice(int n)
{
    return 2 * n;
}

#endif
