__attribute__((unused, disable_sanitizer_instrumentation)) //! which would hide
int racy(int *p)
{
    return ++*p;
}
