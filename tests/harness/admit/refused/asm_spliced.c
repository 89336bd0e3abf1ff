void spin(void)
{
    __as\
m__("pause");
}
//! line 3: inline assembly
