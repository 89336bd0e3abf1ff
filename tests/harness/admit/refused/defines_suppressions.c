const char *__lsan_default_suppressions(void); /* a first mention */

const char *__lsan_default_suppressions(void)
{
    return "leak:*";
}
//! defines `__lsan_default_suppressions`
