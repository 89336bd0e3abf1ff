int answer(void)
{
    return undeclared(1); //! does not compile: implicit declaration of function 'undeclared'
}
