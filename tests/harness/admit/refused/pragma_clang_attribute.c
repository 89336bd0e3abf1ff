#pragma clang attribute push(__attribute__((no_sanitize("thread"))), apply_to = function) //! #pragma clang attribute
int answer(void)
{
    return 1;
}
#pragma clang attribute pop
