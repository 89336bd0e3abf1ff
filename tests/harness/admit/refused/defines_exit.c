int exit_count;

void _exit(int status) //! defines `_exit`
{
    exit_count = status;
    for (;;)
        ;
}
