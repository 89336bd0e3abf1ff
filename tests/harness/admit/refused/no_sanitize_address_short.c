__attribute((no_sanitize_address)) int racy(int *p) //! which would hide
{
    return ++*p;
}
