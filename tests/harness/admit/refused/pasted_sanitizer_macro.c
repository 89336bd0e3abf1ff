#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define SEEN_1 2
#define SEEN___SANITIZE_THREAD__ 1
#define SEEN___SANITIZE_ADDRESS__ 1
#define SEEN___LINE_IS_12 1

int answer(void)
{
    return GLUE(SEEN_, __SANITIZE_THREAD__); //! gcc: reads differently under a sanitizer
}
//! clang: skip, it has no such macro
