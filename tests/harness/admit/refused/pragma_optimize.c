#pragma GCC optimize("O3") //! #pragma GCC optimize
int answer(void)
{
    return 1;
}
