#define GLUE(a, b) a##b
#define HIDDEN GLUE(__as, m__)

void spin(void)
{
    HIDDEN("pause"); //! line 6: inline assembly
}
