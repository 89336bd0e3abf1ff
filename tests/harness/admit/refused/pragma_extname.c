#pragma redefine_extname quiet pthread_mutex_lock //! #pragma redefine_extname
int quiet(void *);
int answer(void)
{
    return quiet(0);
}
