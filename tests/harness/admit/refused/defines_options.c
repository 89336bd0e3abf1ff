const char *__tsan_default_options(void) //! defines `__tsan_default_options`
{
    return "report_bugs=0";
}
