/* A second name for a function, so that a wrapper would not see the call. */
int quiet_lock(void *mutex) __asm__("pthread_mutex_lock"); //! inline assembly
