/* The real functions behind the wrapped ones, and the wrappers' prototypes. */
#ifndef EXPLORE_WRAP_H
#define EXPLORE_WRAP_H

/* WRAP(int, pthread_join, (pthread_t thread, void **result)) declares both. */
#define WRAP(type, name, parameters)                                           \
    type __real_##name parameters;                                             \
    type __wrap_##name parameters

#endif
