"""Demos and solutions with one thing changed: each is caught by the rule meant for
it, or told in one clear line, by `make logs` in a copy of the workbook.
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

import here
import copies
import needs

RUNNER, POOL, WORK = (f"chapters/{name}/demo.c" for name in ("1-runner", "2-pool", "3-work"))
LINE = "chapters/support/logline.c"


@needs.tool("gcc", "make")
@needs.solutions()
class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name) / "workbook"
        copies.lay_out(cls.root)

    def logs(self, log):
        few = [] if log.startswith("runner") else ["SCHEDULES=5"]
        done = subprocess.run(
            ["make", "logs", "IMPL=solutions", f"LOG={log}", *few], cwd=self.root,
            env=here.PLAIN, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    def broken(self, log, file, old, new, *words):
        path = self.root / file
        text = path.read_text()
        self.assertEqual(text.count(old), 1, old)
        path.write_text(text.replace(old, new))
        try:
            status, printed = self.logs(log)
        finally:
            path.write_text(text)
        self.assertEqual(status, 2, printed)
        self.assertNotIn("Traceback", printed)
        for some in words:
            self.assertIn(some, printed)
        self.assertIn("0 as promised, 1 broken", printed)
        self.assertIn(f"again: make logs IMPL=solutions LOG={log} SCHEDULE='1f0:", printed)

    def test_nothing_is_changed(self):
        self.assertEqual(self.logs("runner-timeout")[0], 0)

    def test_wrong_spacing(self):
        self.broken("runner-timeout", RUNNER, "JOB #%d Start.", "JOB  #%d Start.",
                    "The lines are the book's", "wrong   2020/09/22 23:15:43 Process - JOB  #0",
                    "missing Process - JOB #0 Start.")  # fmt: skip

    def test_another_time(self):
        self.broken("runner-timeout", RUNNER, "left = {.tv_sec = id}",
                    "left = {.tv_sec = id + (id == 1)}", "as many seconds after")  # fmt: skip

    def test_wrong_exit_status(self):
        self.broken("runner-timeout", RUNNER, "EXIT_TIMEOUT = 1", "EXIT_TIMEOUT = 5",
                    "ends with status 1", "ended with status 5")  # fmt: skip

    def test_another_time_zone(self):
        self.broken("runner-timeout", LINE, "localtime_r(&now, &local)",
                    "gmtime_r(&now, &local)", "show the local time")  # fmt: skip

    def test_the_task_decides_the_tie(self):
        """Told by some interleavings only: by the default order it is right."""
        self.broken("runner-timeout", "solutions/1-runner/runner.c",
                    "now.tv_nsec >= r->deadline.tv_nsec", "now.tv_nsec > r->deadline.tv_nsec",
                    "The lines are the book's", "작업 종료!")  # fmt: skip

    def test_interrupt_is_not_taken(self):
        self.broken("runner-interrupt", "solutions/1-runner/runner.c",
                    "return taken == SIGINT;", "return taken == SIGINT && false;",
                    "The lines are the book's", "missing 인터럽트 에러 발생")  # fmt: skip

    def test_missing_close(self):
        self.broken("pool", "solutions/2-pool/pool.c", "while (p->count > 0)",
                    "while (p->count > 1)", "is closed, and closed once")  # fmt: skip

    def test_last_in_first_out(self):
        self.broken("pool", "solutions/2-pool/pool.c",
                    "p->first = (p->first + 1) % p->max_idle;",
                    "resource = p->idle[(p->first + p->count - 1) % p->max_idle];",
                    "Some first-in, first-out order")  # fmt: skip

    def test_qid_twice(self):
        self.broken("pool", POOL, "queries[i].id = i;", "queries[i].id = i == 7 ? 8 : i;",
                    "Each QID from 0 to 24 is queried once", "query.qid 8 comes twice")  # fmt: skip

    def test_line_order(self):
        self.broken("pool", POOL, 'log_line("Program is done");\n    (void)pool_close(p);',
                    '(void)pool_close(p);\n    log_line("Program is done");',
                    "closed only when it is released")  # fmt: skip

    def test_eleven_at_once(self):
        self.broken("work", WORK, "WORKERS = 10", "WORKERS = 11", "more than ten tasks")

    def test_49_seconds(self):
        self.broken("work", WORK, "(void)work_shutdown(w);", "return EXIT_SUCCESS;",
                    "fifty seconds", "it took 49.0 s, must take 50 s")  # fmt: skip

    def test_prints_nothing(self):
        self.broken("runner-timeout", LINE, "time_t now = time(NULL);",
                    "time_t now = time(NULL);\n    if (now) return;", "printed nothing")  # fmt: skip

    def test_two_lines_in_one(self):
        self.broken("runner-timeout", RUNNER, 'log_line("작업 시작!");',
                    'printf("2020/09/22 23:15:43 작업"); log_line("작업 시작!");',
                    "two lines run into each other")  # fmt: skip

    def test_partial_line(self):
        self.broken("runner-timeout", RUNNER, "return EXIT_TIMEOUT;",
                    'printf("2020/09/22"); return EXIT_TIMEOUT;', "is not complete")  # fmt: skip

    def test_windows_line_ends(self):
        self.broken("runner-timeout", LINE, '"%s %s\\n"', '"%s %s\\r\\n"', "ends in CR LF")

    def test_not_utf8(self):
        self.broken("runner-timeout", RUNNER, '"작업 시작!"', '"\\xff"', "is not UTF-8 text")

    def test_prints_without_end(self):
        self.broken("runner-timeout", RUNNER, "runner *r = prepare();",
                    'for (;;) log_line("%0200d", 1);\n    runner *r = prepare();',
                    "it prints without end")  # fmt: skip

    def test_never_ends(self):
        self.broken("runner-timeout", RUNNER, "runner *r = prepare();",
                    "for (volatile int i = 0; i < 1;) continue;\n    runner *r = prepare();",
                    "The program ends by itself")  # fmt: skip


if __name__ == "__main__":
    unittest.main()
