#if __has_include("/tmp/switch") //! `__has_include`
int a;
#endif
int answer(void)
{
    return 1;
}
