#define QUIET __attribute__((__noinline__, __no_sanitize_thread__))

QUIET int racy(int *p) //! `__no_sanitize_thread__`, which would hide
{
    return ++*p;
}
