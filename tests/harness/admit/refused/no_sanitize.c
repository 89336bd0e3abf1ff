__attribute__((no_sanitize("thread"))) int racy(int *p) //! `no_sanitize`, which would hide
{
    return ++*p;
}
