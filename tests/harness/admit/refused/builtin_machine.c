void leave(void)
{
    __builtin_ia32_pause(); //! `__builtin_ia32_pause`
}
