int __attribute__((weak)) answer(void) //! `weak`
{
    return 1;
}
