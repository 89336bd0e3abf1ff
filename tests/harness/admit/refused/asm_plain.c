int asm(const char *text);

void spin(void)
{
    asm("pause");
}
//! line 1: `asm`, inline assembly
