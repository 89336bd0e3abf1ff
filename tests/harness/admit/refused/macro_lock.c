#include <pthread.h>
#define pthread_mutex_lock(m) ((void)(m), 0) //! redefines `pthread_mutex_lock` by a macro

int take(pthread_mutex_t *m)
{
    return pthread_mutex_lock(m);
}
