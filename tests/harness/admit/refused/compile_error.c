static int unused_helper(void)
{
    return 1;
}

int answer(void)
{
    int n = 1;
    return n //! does not compile: expected ';'
}
