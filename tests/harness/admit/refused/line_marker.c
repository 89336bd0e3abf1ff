# 1 "/usr/include/stdio.h" 1 3
__attribute__((constructor)) void early(void)
{
}
//! line 1: renumbers
