#define malloc(n) ((void *)0) //! redefines `malloc` by a macro
int answer(void)
{
    return malloc(1) == 0;
}
