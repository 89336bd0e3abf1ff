#ifdef __x86_64__
#include <immintrin.h> //! whose instructions the sanitizers cannot see
#else
#error whose instructions the sanitizers cannot see
#endif

static long long seen;

void answer(void)
{
    _mm_stream_si64(&seen, 1);
}
