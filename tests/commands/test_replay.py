"""`make replay`: the failure that `make check` has found, again and again; under
gdb; and what becomes of a schedule that does not fit."""

import re
import unittest

from test_check import CHAPTER, Check

import needs

TEST = "waitgroup/every_waiter_is_let_go"
FOUND = re.compile(r"SCHEDULE=(\S+)")


class Replay(Check):
    def fail_once(self):
        """What `make check` says of a wait group that wakes one for all, and its schedule."""
        self.write("pthread_cond_broadcast", "pthread_cond_signal")
        said = self.make("check", f"TEST={TEST}", status=1)
        return said, FOUND.search(said)[1]

    def replay(self, schedule, status=1, test=TEST):
        return self.make("replay", f"TEST={test}", f"SCHEDULE={schedule}", status=status)

    def told(self, said):
        """The failure, its lines and its interleaving; not how it was found, and
        from where on all that was tried failed."""
        return re.sub(r"It was found .*|[*]{3} .*\n", "", said)

    def test_the_same_failure_each_time(self):
        said, schedule = self.fail_once()
        self.assertEqual(self.told(self.replay(schedule)), self.told(said))
        self.assertEqual(self.told(self.replay(schedule)), self.told(said))

    def test_after_the_repair_it_passes_or_diverges(self):
        _, schedule = self.fail_once()
        self.write()
        said = self.make("replay", f"TEST={TEST}", f"SCHEDULE={schedule}", status=None)
        self.assertRegex(said, r"(?m)^    (pass|inconclusive)")

    def test_one_that_does_not_fit_says_where(self):
        _, schedule = self.fail_once()
        body, check = schedule.split("-")
        said = " ".join(self.replay(f"{body}99-{check}").split())
        self.assertIn("inconclusive", said)
        self.assertRegex(said, r"at (step|choice) \d+|after \d+ steps")

    def test_what_is_no_schedule_is_refused(self):
        self.fail_once()
        for schedule in ("x", "t", "t1f3:.9", "t1f3:.9-zzzz", "t1f3:.-8b25",
                         "1f3:.9-8b25"):
            said = self.replay(schedule, status=2)
            with self.subTest(schedule=schedule):
                self.assertIn(f"SCHEDULE={schedule}", said)
                self.assertNotIn("Score", said)

    def test_both_are_asked_for(self):
        for words in ((), (f"TEST={TEST}",), ("SCHEDULE=t1f3:.9-8b25",)):
            self.assertIn("make replay: which one?", self.make("replay", *words, status=2))

    @needs.tool("gdb")
    def test_gdb_stops_at_the_failure(self):
        _, schedule = self.fail_once()
        said = self.make("replay", f"TEST={TEST}", f"SCHEDULE={schedule}", "GDB=1")
        self.assertIn("hit Breakpoint 1", said)
        self.assertIn("in every_waiter_is_let_go", said)
        self.assertRegex(said, r"in harness_join .*|harness_join \(")


del Check  # its own tests are elsewhere


if __name__ == "__main__":
    unittest.main()
