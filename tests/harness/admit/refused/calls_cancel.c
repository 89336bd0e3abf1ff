#include <pthread.h>

int answer(pthread_t thread)
{
    return pthread_cancel(thread); //! uses `pthread_cancel`
}
