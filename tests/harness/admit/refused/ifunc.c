static int one(void)
{
    return 1;
}

static int (*pick(void))(void)
{
    return one;
}

int answer(void) __attribute__((ifunc("pick"))); //! `ifunc`
