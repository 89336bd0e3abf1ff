#if defined(__SANITIZE_THREAD__)
#pragma pack(1)
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#pragma pack(1)
#endif
#endif

int answer(void)
{
    return 1;
}
//! reads differently under a sanitizer
