long syscall(long number, ...);

long answer(void)
{
    return syscall(60, 0); //! uses `syscall`
}
