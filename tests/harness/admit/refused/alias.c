int one(void)
{
    return 1;
}

int answer(void) __attribute__((alias("one"))); //! `alias`
