static int counter __attribute__((section(".init_array"))); //! `section`

int answer(void)
{
    return counter;
}
