int answer(int n)
{
    __builtin_exit(n); //! gcc: uses `exit`
}
//! clang: line 3: does not compile
