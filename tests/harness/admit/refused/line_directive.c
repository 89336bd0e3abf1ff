#line 1 "/usr/include/stdio.h" //! renumbers
int answer(void)
{
    return 1;
}
