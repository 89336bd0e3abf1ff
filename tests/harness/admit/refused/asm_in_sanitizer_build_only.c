#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

int answer(void)
{
#ifdef SANITIZED
    return 2; //! line 12: reads differently under a sanitizer
#else
    return 1;
#endif
}
