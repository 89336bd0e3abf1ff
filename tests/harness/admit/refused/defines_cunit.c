int CU_assertImplementation(int value) //! defines `CU_assertImplementation`
{
    return value;
}
