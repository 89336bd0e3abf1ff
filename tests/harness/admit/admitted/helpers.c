/* Ordinary C: helper macros, inline functions, assertions, attributes that
 * change nothing but warnings. asm("nop"); __attribute__((constructor)) */
#define _GNU_SOURCE
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GLUE(a, b) a##b
#define LOCKED(m) for (int GLUE(once, __LINE__) = pthread_mutex_lock(m); \
                       !GLUE(once, __LINE__);                            \
                       GLUE(once, __LINE__) = 1 + pthread_mutex_unlock(m))
#define wait until_it_moves /* a word that libc has too */
#ifdef DEBUG
#define TRACE(...) fprintf(stderr, __VA_ARGS__)
#else
#define TRACE(...) ((void)0)
#endif

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
_Pragma("GCC diagnostic ignored \"-Wunused-variable\"")
static int nothing(void)
{
    return 0;
}
#pragma GCC diagnostic pop

static const char *const asmall[] = {"asm", "__asm__ volatile", "exit(1)", "안녕, 세계"};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int time_spent;
int asmall_count; /* 작업 종료: asm 은 낱말일 뿐 */

static inline int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Static, so it takes no one else's name. */
static int remove_first(int index)
{
    return index;
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    (void)format;
}

_Noreturn static void give_up(void)
{
    abort();
}

static void release(int *n)
{
    *n = 0;
}

__attribute__((warn_unused_result)) int wait(void)
{
    int left __attribute__((cleanup(release), unused)) = 1;
    int table[2][2] = {[0] = {1, 2}};
    struct timespec nap = {0, 1};

    LOCKED(&lock)
        time_spent = larger(time_spent, remove_first(table[table[0][0] - 1][1]));
    assert(COUNT(asmall) == 4);
    TRACE("%s\n", asmall[0]);
    say("%d", errno);
    if (!isalpha('a') || strlen(asmall[3]) == 0)
        give_up();
    nanosleep(&nap, NULL);
    usleep(1);
    printf("%s\n", strerror(EAGAIN));
    return asmall_count;
}
