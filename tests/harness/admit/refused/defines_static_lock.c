static int pthread_mutex_lock(void *m) //! defines `pthread_mutex_lock`
{
    (void)m;
    return 0;
}

int take(void *m)
{
    return pthread_mutex_lock(m);
}
