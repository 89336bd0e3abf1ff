int frobnicate(int n);

int answer(void)
{
    return frobnicate(1); //! `frobnicate`, which is neither
}
