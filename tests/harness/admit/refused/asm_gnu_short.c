void spin(void)
{
    __asm("pause"); //! inline assembly
}
