__attribute__((optimize("O3"))) int answer(void) //! `optimize`, which compiles
{
    return 1;
}
