/* A test program: it waits for orders on its standard input, and gives each
 * test a process of its own by fork(), which is faster than a new program.
 *
 *   order:  run NONCE STEP TEST FOLDER SEED SCHEDULES REDUCE LEAKS REPLAY
 *           (REDUCE, LEAKS: 1 or 0; REPLAY: a schedule string, or - for none)
 *   answer: started PID, then ended PID STATUS KIBIBYTES (the status as
 *           waitpid() has it; the most memory that a process of it had in use)
 *
 * Called with --replay STEP TEST SCHEDULE it runs one schedule in this process
 * instead, for a debugger.
 *
 * Otherwise no code under test runs in this process, and it never has a second
 * thread. */
#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "harness.h"

enum { ORDER_SIZE = 10240, WORD = 256, REPLAY = 8192, EXIT_TROUBLE = 3 };

/* False: CUnit refused. */
static bool register_tests(void)
{
    static CU_SuiteInfo suites[2];

    suites[0] = (CU_SuiteInfo){.pName = harness_suite.chapter,
                               .pTests = (CU_TestInfo *)harness_suite.tests};
    return CU_initialize_registry() == CUE_SUCCESS &&
           CU_register_suites(suites) == CUE_SUCCESS;
}

static void list_tests(void)
{
    for (const CU_TestInfo *test = harness_suite.tests; test->pName != NULL;
         test++)
        (void)printf("%s\n", test->pName);
}

/* Kill every child of this process, whatever group or session it put itself
 * into. False: it has none. */
static bool kill_children(void)
{
    FILE *children = fopen("/proc/thread-self/children", "re");
    bool any = false;
    long pid;

    // NOLINTNEXTLINE(cert-err34-c): the kernel writes the numbers
    while (children != NULL && fscanf(children, "%ld", &pid) == 1) {
        (void)kill((pid_t)pid, SIGKILL);
        any = true;
    }
    if (children != NULL)
        (void)fclose(children);
    return any;
}

/* Wait for the test; then end and collect whatever it left running. What a
 * killed process leaves behind becomes our child in its turn. */
static void wait_for(pid_t pid)
{
    siginfo_t ended;
    struct rusage used = {.ru_maxrss = 0};
    int status = 0;

    /* Not collected before its group is killed: so the number stays its own. */
    while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT) == -1 &&
           errno == EINTR)
        continue;
    (void)kill(-pid, SIGKILL);
    while (wait4(pid, &status, 0, &used) == -1 && errno == EINTR)
        continue;
    do {
        while (waitpid(-pid, NULL, 0) > 0)
            continue;
    } while (kill_children() && waitpid(-1, NULL, 0) > 0);
    (void)printf("ended %d %d %ld\n", (int)pid, status, used.ru_maxrss);
}

/* The test in a process of its own; -1: there is none to be had. It begins when
 * its number has been told: it might end this process at once. */
static pid_t start(const struct child_order *order)
{
    int told[2];
    char none;

    if (pipe(told) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(told[1]);
        while (read(told[0], &none, 1) == -1 && errno == EINTR)
            continue;
        (void)close(told[0]);
        child_run(order);
    }
    if (pid != -1)
        (void)printf("started %d\n", (int)pid);
    (void)fflush(stdout);
    (void)close(told[0]);
    (void)close(told[1]);
    return pid;
}

/* False: the order cannot be read, or there is no process to be had. */
static bool obey(const char *line)
{
    char nonce[WORD];
    char test[WORD];
    char folder[WORD];
    char replay[REPLAY];
    int reduce;
    int leaks;
    struct child_order order = {.nonce = nonce, .test = test, .folder = folder};

    // NOLINTNEXTLINE(cert-err34-c): the grader writes the order
    if (sscanf(line, "run %255s %u %255s %255s %" SCNu64 " %lu %d %d %8191s",
               nonce, &order.step, test, folder, &order.seed, &order.schedules,
               &reduce, &leaks, replay) != 9)
        return false;
    order.unreduced = reduce == 0;
    order.leaks_excused = leaks == 0;
    if (strcmp(replay, "-") != 0)
        order.replay = replay;
    pid_t pid = start(&order);
    if (pid == -1)
        return false;
    wait_for(pid);
    (void)fflush(stdout);
    return true;
}

int main(int argc, char **argv)
{
    char line[ORDER_SIZE];

    if (!register_tests())
        return EXIT_TROUBLE;
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        list_tests();
        return EXIT_SUCCESS;
    }
    if (argc == 5 && strcmp(argv[1], "--replay") == 0) {
        struct child_order order = {.test = argv[3], .replay = argv[4]};
        order.step = (unsigned)strtoul(argv[2], NULL, 10);
        order.here = true;
        child_replay(&order);
        return EXIT_SUCCESS;
    }
    /* Processes that a test forked off come to us when their parent ends. */
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (child_prepare() != 0) {
        perror("a test needs 512 file descriptors (see ulimit -n)");
        return EXIT_TROUBLE;
    }
    while (fgets(line, sizeof line, stdin) != NULL)
        if (!obey(line))
            return EXIT_TROUBLE;
    return EXIT_SUCCESS;
}
