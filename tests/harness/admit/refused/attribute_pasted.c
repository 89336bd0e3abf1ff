#define GLUE(a, b) a##b
#define HIDDEN GLUE(__attri, bute__)((GLUE(no_sani, tize_undefined)))

HIDDEN int racy(int *p) //! line 4: which would hide
{
    return ++*p;
}
