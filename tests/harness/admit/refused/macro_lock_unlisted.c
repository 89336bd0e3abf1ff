#define pthread_cancel(t) 0 //! redefines `pthread_cancel` by a macro
int answer(void)
{
    return 1;
}
