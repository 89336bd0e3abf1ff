#include <stdatomic.h>

#include "harness.h"
#include "record.h"
#include "sanitizers.h"
#include "scheduler.h"
#include "threads.h"

static atomic_bool excused;

static void record_leaks(void)
{
    threads_record_leaks();
    if (sanitizers_find_leaks())
        record_line("leak", "%s\t", "memory that was never freed");
}

void scheduler_run(const struct child_order *order, void (*test)(void))
{
    atomic_store(&excused, order->leaks_excused);
    threads_begin();
    test();
    if (!atomic_load(&excused))
        record_leaks();
}

noreturn void scheduler_end(enum scheduler_ending why, const char *file,
                            int line, const char *text)
{
    (void)why;
    (void)file;
    (void)line;
    (void)text;
    record_end();
}

bool scheduler_goes_on(void)
{
    return true;
}

void scheduler_excuse_leaks(void)
{
    atomic_store(&excused, true);
}

unsigned scheduler_thread(void)
{
    return threads_current_number();
}

/* A stack says it by itself. */
void scheduler_on_behalf_of(const void *pc)
{
    (void)pc;
}

void harness_let_time_pass(bool passes)
{
    (void)passes; /* it does */
}
