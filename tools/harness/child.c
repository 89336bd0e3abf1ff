#include "child.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness.h"
#include "record.h"
#include "sanitizers.h"
#include "scheduler.h"
#include "todo.h"

enum { PATH_SIZE = 512, OUTPUT_LIMIT = 2 << 20, DESCRIPTORS = 512 };
enum { CPU_SECONDS = 600 };

static noreturn void refuse(void)
{
    _exit(RECORD_EXIT_SETUP);
}

static int open_in(const char *folder, const char *name, int flags)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, flags | O_CLOEXEC);
}

static void limit(__rlimit_resource_t resource, rlim_t most)
{
    const struct rlimit both = {most, most};

    if (setrlimit(resource, &both) != 0)
        refuse();
}

/* Memory is not limited here: a sanitizer reserves terabytes of addresses and
 * would not start. The grader watches what is really in use. */
static void take_limits(void)
{
    limit(RLIMIT_FSIZE, OUTPUT_LIMIT);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, CPU_SECONDS);
    (void)setsid(); /* a group of its own: what it forks ends with it */
    /* So that the grader's eu-stack may look at a hanging test. */
    (void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
}

struct child_files child_files = {-1, -1};

int child_prepare(void)
{
    const struct rlimit descriptors = {DESCRIPTORS, DESCRIPTORS};

    /* Before the highest number is asked for: the one there is may be lower. */
    if (setrlimit(RLIMIT_NOFILE, &descriptors) != 0)
        return -1;
    int low = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (low == -1)
        return -1;
    child_files.nothing = fcntl(low, F_DUPFD_CLOEXEC, DESCRIPTORS - 1);
    (void)close(low);
    return child_files.nothing == -1 ? -1 : 0;
}

static void redirect(const char *folder)
{
    int output = open_in(folder, "output", O_WRONLY | O_APPEND);
    int report = open_in(folder, "report", O_WRONLY | O_APPEND);

    if (output == -1 || report == -1 ||
        dup2(child_files.nothing, STDIN_FILENO) == -1 ||
        dup2(output, STDOUT_FILENO) == -1 || dup2(output, STDERR_FILENO) == -1)
        refuse();
    (void)close(output);
    child_files.report = record_move_up(report);
    if (child_files.report == -1)
        refuse();
    sanitizers_report_to(child_files.report);
}

/* The sanitizers' own handlers tell where a crash came from. */
static bool is_sanitizers(int number)
{
    return number == SIGSEGV || number == SIGBUS || number == SIGILL ||
           number == SIGFPE || number == SIGABRT || number == SIGTRAP;
}

/* The state that every test starts from, whatever the grader's own is. */
static void reset_signals(void)
{
    sigset_t none;

    (void)sigemptyset(&none);
    for (int number = 1; number < SIGRTMIN; number++)
        if (!is_sanitizers(number))
            (void)signal(number, SIG_DFL);
    if (pthread_sigmask(SIG_SETMASK, &none, NULL) != 0)
        refuse();
}

static void run_test(const struct child_order *order)
{
    CU_pSuite suite = CU_get_suite(harness_suite.chapter);
    CU_pTest test = suite == NULL ? NULL : CU_get_test(suite, order->test);

    if (test == NULL) {
        record_line("environment", "the test program has no test '%s'",
                    order->test);
        record_end();
    }
    /* Not by CU_run_test(): what it keeps account of is for one thread. */
    scheduler_run(order, test->pTestFunc);
}

void child_run(const struct child_order *order)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/record", order->folder);
    if (record_open(path, order->nonce) != 0)
        refuse();
    redirect(order->folder);
    take_limits();
    reset_signals();
    todo_set_step(order->step);
    run_test(order);
    (void)fflush(stdout);
    record_end();
}

void child_replay(const struct child_order *order)
{
    record_to(STDOUT_FILENO);
    todo_set_step(order->step);
    run_test(order);
}
