/* Is a thread blocked? By the kernel's own account of it.
 *
 * One look is no proof: a thread may sleep for a moment because another holds a
 * lock of the C library's. But if every thread but the caller sleeps, no one is
 * left to wake one of them; and if in a second look none has run in between
 * (the kernel counts how often each gave up its core), all of them slept at one
 * and the same moment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"
#include "threads.h"

enum { LOOK_NS = 100000, PATIENCE_MS = 2000, STATUS_SIZE = 4096, TRIES = 25 };

/* What the kernel says of a thread. */
struct account {
    bool sleeps;
    unsigned long switches;
};

static unsigned long number_after(const char *text, const char *key)
{
    unsigned long number = 0;
    const char *at = strstr(text, key);

    if (at != NULL)
        number = strtoul(at + strlen(key), NULL, 10);
    return number;
}

/* False: the thread is gone. */
static bool look_at(pid_t tid, struct account *account)
{
    char path[64];
    char text[STATUS_SIZE];

    (void)snprintf(path, sizeof path, "/proc/self/task/%d/status", (int)tid);
    FILE *status = fopen(path, "r");
    if (status == NULL)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, status);
    (void)fclose(status);
    text[length] = '\0';
    account->sleeps = strstr(text, "State:\tS") != NULL;
    account->switches = number_after(text, "\nvoluntary_ctxt_switches:") +
                        number_after(text, "\nnonvoluntary_ctxt_switches:");
    return length > 0;
}

/* Do all threads but the caller sleep? Adds up how often they have run. */
static bool all_sleep(unsigned long *switches)
{
    *switches = 0;
    for (unsigned n = 0; n < threads_count(); n++) {
        struct account account;
        pid_t tid;
        if (n == threads_current_number() || !threads_is_live(n, &tid))
            continue;
        if (tid == 0) /* it is about to begin */
            return false;
        if (!look_at(tid, &account))
            continue;
        if (!account.sleeps)
            return false;
        *switches += account.switches + 1; /* 1: that it is there at all */
    }
    return true;
}

static bool is_past(struct timespec limit)
{
    struct timespec now = harness_after_ms(0);

    return now.tv_sec > limit.tv_sec ||
           (now.tv_sec == limit.tv_sec && now.tv_nsec > limit.tv_nsec);
}

bool harness_clock_is_virtual(void)
{
    return false;
}

unsigned harness_tries(void)
{
    return TRIES;
}

bool harness_until_blocked(pthread_t thread)
{
    const struct timespec between = {.tv_nsec = LOOK_NS};
    unsigned number;
    pid_t tid;

    if (!threads_find(thread, &number))
        return false;
    const struct timespec limit = harness_after_ms(PATIENCE_MS);
    while (!is_past(limit)) {
        unsigned long before;
        unsigned long after;
        bool sleep = all_sleep(&before) && all_sleep(&after);
        if (!threads_is_live(number, &tid))
            return false;
        if (sleep && before == after)
            return true;
        (void)nanosleep(&between, NULL);
    }
    return false;
}
