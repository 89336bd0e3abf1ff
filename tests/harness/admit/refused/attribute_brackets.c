[[no_sanitize_thread]] int racy(int *p) //! `no_sanitize_thread`, which would hide
{
    return ++*p;
}
