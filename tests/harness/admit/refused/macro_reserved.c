#define __attribute__(x) //! `__attribute__`; names that begin with two
int answer(void)
{
    return 1;
}
