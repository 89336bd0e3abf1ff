%:line 7 //! line 1: renumbers
int answer(void)
{
    return 1;
}
