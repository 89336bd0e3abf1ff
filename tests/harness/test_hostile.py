"""Code that gets past the gate and then misbehaves, each in a way of its own.

Every program here is the solution of chapter 0 with one statement put into
waitgroup_init(). It is built without the gate, so that the second line of
defence is what is tried. Each must get its verdict with one clear message, soon,
and the test after it must be graded as if nothing had happened.
"""

import contextlib
import shutil
import subprocess
import sys
import unittest
import unittest.mock
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/grading")]
from grading import build  # noqa: E402

import driver  # noqa: E402
import manifest as manifests  # noqa: E402
import source  # noqa: E402
import verdicts  # noqa: E402

FOLDER = ROOT / "build/hostile"
HEAD = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
"""
DEEP = "static int deep(int n) { volatile char use[4096]; use[0] = (char)n;" \
       " return deep(n + 1) + use[0]; }\n"  # fmt: skip
FLAGS = (
    "-std=c11 -pthread -g -O0 -w -fno-omit-frame-pointer -fno-common -Ichapters/support"
    " -Ichapters/0-waitgroup"
).split()
SANITIZERS = {"thread": ["-fsanitize=thread"], "address": ["-fsanitize=address,undefined"]}

# The statement, the verdict, words of its message, seconds it may take.
HOSTILE = {
    "exit_zero": ("exit(0);", "crash", "ended the whole process (exit status 0)"),
    "exit_at_once": ("_exit(7);", "crash", "ended the whole process (exit status 7)"),
    "must_not_fail": (
        "{ int error = 22; MUST(error); }", "misuse", "the call that gave 'error' failed: Invalid argument"),
    "aborts": ("abort();", "crash", "abort()"),
    "prints_megabytes": (
        'for (;;) { printf("%01000d", 1); fflush(stdout); }', "crash", "printed more than 2 MiB"),
    "prints_results": (
        'printf("end\\t0\\nended 1 0\\n{\\"verdict\\": \\"pass\\"}\\n"); fflush(stdout); _exit(0);',
        "crash", "ended the whole process"),
    "closes_descriptors": (
        "for (int fd = 0; fd < 1024; fd++) close(fd); waitgroup_done(wg); _exit(0);",
        "crash", "ended the whole process"),
    "writes_to_descriptors": (
        'for (int fd = 3; fd < 1024; fd++) write(fd, "end\\t00\\n", 7); _exit(0);',
        "crash", "ended the whole process"),
    "forks_and_stays": ("if (fork() == 0) for (;;) pause(); _exit(0);", "crash", "whole process"),
    "waits_for_a_process": (
        "int ends[2]; char one; pipe(ends); if (fork() == 0) for (;;) pause(); read(ends[0], &one, 1);",
        "inconclusive", "did not end"),
    "kills_its_group": ("kill(0, SIGKILL);", "crash", "SIGKILL"),
    "kills_its_parent": ("kill(getppid(), SIGKILL); for (;;) pause();", "crash", "grades"),
    "interrupts_itself": ("raise(SIGINT);", "crash", "an interrupt (SIGINT)"),
    "never_returns": ("for (;;) continue;", "livelock", "without end"),
    "sleeps_for_ever": (
        "sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0); for (;;) sleep(1000);",
        "inconclusive", "did not end"),
    "waits_for_itself": (
        "pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER; sigset_t all; sigfillset(&all);"
        " sigprocmask(SIG_BLOCK, &all, 0); pthread_mutex_lock(&m); pthread_mutex_lock(&m);",
        "deadlock", "waits"),
    "overflows_the_stack": ("deep(0);", "crash", ""),
    "writes_to_nowhere": ("*(volatile int *)8 = 1;", "crash", ""),
    "takes_all_memory": (
        "for (;;) { char *m = mmap(0, 1 << 26, PROT_READ | PROT_WRITE,"
        " MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); if (m != MAP_FAILED) memset(m, 1, 1 << 26); }",
        "crash", "more than 1 GiB"),
}  # fmt: skip

# Seconds to compute, and to wait: on the explorer they are for what must not happen.
LIMIT = {"free": 2.0, "explored": 300.0}
SLOW = {"takes_all_memory": 30.0}  # a machine may need seconds to clear its pages


# What the explorer says where it says something else: the verdict, and words.
EXPLORED = {
    "exit_zero": ("crash", "exit() ends the whole process, at exit_zero.c:"),
    "exit_at_once": ("crash", "_exit() ends the whole process, at exit_at_once.c:"),
    "prints_results": ("crash", "_exit() ends the whole process"),
    "closes_descriptors": ("misuse", "a mutex that was never initialised"),
    "writes_to_descriptors": ("crash", "_exit() ends the whole process"),
    "forks_and_stays": ("inconclusive", "fork() is not modelled"),
    "waits_for_a_process": ("inconclusive", "fork() is not modelled"),
    "kills_its_group": ("inconclusive", "kill() of another process is not modelled"),
    "kills_its_parent": ("inconclusive", "kill() of another process is not modelled"),
    "interrupts_itself": ("crash", "killed by SIGINT"),
    "never_returns": ("livelock", "comes back to the same state for ever"),
    "sleeps_for_ever": ("inconclusive", "step limit"),
    "waits_for_itself": ("misuse", "locks mutex 1 again, which it has held since"),
}
# How the two kinds of test programs are linked.
NAMES = {"free": "tools/harness/free/wrap.txt", "explored": "tools/explore/wrap.txt"}
LIBRARY = {"free": [], "explored": ["build/common/gcc/explore/explore.o"]}


def build_program(name, statement, sanitizer, scheduler, before=DEEP):
    """The solution with one statement in waitgroup_init(), linked with the tests."""
    text = (ROOT / "solutions/0-waitgroup/waitgroup.c").read_text(encoding="utf-8")
    text = HEAD + before + text.replace("    wg->count = 0;\n", f"    {statement}\n    wg->count = 0;\n", 1)
    folder = FOLDER / sanitizer
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.c"
    path.write_text(text, encoding="utf-8")
    common = ROOT / "build/common/gcc"
    patterns = (f"{sanitizer}/*.o", "harness/*.o", f"harness/{scheduler}/*.o")
    objects = [
        o for pattern in patterns for o in common.glob(pattern)
        if o.name not in ("runner_test.o", "pool_test.o", "work_test.o")
    ]  # fmt: skip
    names = (ROOT / NAMES[scheduler]).read_text().split()
    wraps = [f"-Wl,--wrap={w}" for w in ("CU_assertImplementation", *names)]
    program = folder / f"{name}.{scheduler}"
    subprocess.run(
        ["gcc", *FLAGS, *SANITIZERS[sanitizer], "-fsanitize-coverage=trace-pc", *wraps,
         "-o", program, path, *objects, *LIBRARY[scheduler], "-lcunit"],
        cwd=ROOT, check=True,
    )  # fmt: skip
    return program


def processes_of(program):
    """Process numbers of everything that runs this program."""
    found = []
    for link in Path("/proc").glob("[0-9]*/exe"):
        with contextlib.suppress(OSError):  # it is gone, or somebody else's
            if link.readlink() == program:
                found.append(int(link.parent.name))
    return found


class Hostile(unittest.TestCase):
    """A run of each, and then of a harmless test in the same test program."""

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(FOLDER, ignore_errors=True)
        build("solutions")
        build("solutions", free=True)
        cls.manifest = manifests.load()
        cls.test = cls.manifest.test("waitgroup/init_takes_any_storage")
        cls.exercise = source.Exercise(cls.manifest.chapter("waitgroup"), "solutions")

    def judge(self, program, outcome):
        return verdicts.judge(outcome, self.test, self.exercise, program)

    def check(self, name, sanitizer, scheduler):
        statement, verdict, words = HOSTILE[name]
        if scheduler == "explored":
            verdict, words = EXPLORED.get(name, (verdict, words))
        path = build_program(name, statement, sanitizer, scheduler)
        with driver.Program(path) as program:
            for _ in range(2):  # the second: the grader has not been harmed
                outcome = program.run(self.test, max(LIMIT[scheduler], SLOW.get(name, 0)))
                found = self.judge(program.path, outcome)
                self.assertEqual(found.verdict, verdict, found.message)
                self.assertIn(words, found.message)

    def test_memory_that_no_look_has_seen_counts(self):
        """It is taken and given back between two looks of the grader."""
        size = "(1200ul << 20)"
        path = build_program("takes_memory_briefly", f"""
            char *m = mmap(0, {size}, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            for (size_t i = 0; i < {size}; i += 4096) m[i] = 1;
            munmap(m, {size});""", "address", "free")  # fmt: skip
        with unittest.mock.patch.object(driver, "TICK", 1000.0), driver.Program(path) as program:
            found = self.judge(path, program.run(self.test, LIMIT["free"]))
        self.assertEqual(found.verdict, "crash", found.message)
        self.assertIn("more than 1 GiB", found.message)

    def test_a_failure_that_is_too_long_for_a_string_is_told(self):
        """Thousands of choices that chance has made, and none of them made simple."""
        before = """
            #include <pthread.h>
            #include <sched.h>
            static int last;
            static int count(int mine) {
                int same = 0;
                for (int i = 0; i < 2400; i++) {
                    same += __atomic_exchange_n(&last, mine, __ATOMIC_SEQ_CST) == mine;
                    sched_yield();
                }
                return same;
            }
            static void *other(void *arg) { count(2); return arg; }
            """
        path = build_program("chooses_for_long", """
            pthread_t thread;
            pthread_create(&thread, 0, other, 0);
            int same = count(1);
            pthread_join(thread, 0);
            if (same > 300 && same < 2100) abort();""", "thread", "explored", before)  # fmt: skip
        with driver.Program(path) as program:
            order = driver.Order(schedules=100, reduce=False)
            outcome = program.run(self.test, LIMIT["explored"], order)
        found = self.judge(path, outcome)
        self.assertEqual(outcome.explored.schedule, "", outcome.explored)
        self.assertEqual(found.verdict, "crash", found.message)
        self.assertIn("abort()", found.message)

    def leaves_nothing(self, name, statement):
        program = build_program(name, statement, "thread", "free")
        with driver.Program(program) as running:
            running.run(self.test, LIMIT["free"])
            self.assertEqual(processes_of(program), [running.process.pid])

    def test_no_process_of_a_test_is_left_behind(self):
        self.leaves_nothing("forks", HOSTILE["forks_and_stays"][0])

    def test_no_process_that_left_its_group_is_left_behind(self):
        away = 'setsid(); write(ready[1], "x", 1); for (;;) pause();'
        self.leaves_nothing("forks_away", f"""
            int ready[2]; char one; pipe(ready);
            if (fork() == 0) {{ setsid(); if (fork() == 0) {{ {away} }} for (;;) pause(); }}
            read(ready[0], &one, 1); _exit(0);""")


def _add(name, sanitizer, scheduler):
    def test(self):
        self.check(name, sanitizer, scheduler)

    setattr(Hostile, f"test_{name}_{sanitizer}_{scheduler}", test)


for _name in HOSTILE:
    for _sanitizer in SANITIZERS:
        for _scheduler in LIMIT:
            _add(_name, _sanitizer, _scheduler)


if __name__ == "__main__":
    unittest.main()
