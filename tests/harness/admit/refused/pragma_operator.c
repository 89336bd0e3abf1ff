#define STRING(x) #x
#define DO(x) _Pragma(STRING(x))
DO(weak answer)
int answer(void)
{
    return 1;
}
//! line 3: #pragma weak answer
