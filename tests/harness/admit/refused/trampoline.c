int call(int (*f)(int));

int answer(int n)
{
    int add(int k)
    {
        return n + k;
    }
    return call(add);
}
//! does not compile
