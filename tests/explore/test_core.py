"""What the explorer itself promises: verdicts that need the watchdog or patience,
replays, tables."""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILDS = ("thread", "address", "plain")
sys.path.insert(0, str(Path(__file__).resolve().parent))
import corpus  # noqa: E402


def run(program, *options):
    """The first result of a program."""
    command = [f"build/{program}", *map(str, options)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    return json.loads(done.stdout.splitlines()[0])


class Core(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = ["make", "-f", "tests/explore/core.mk", "-j2"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        corpus.build("gcc", BUILDS)

    def test_long_is_no_livelock(self):
        """Counters in registers, on stacks, in allocated memory are seen."""
        for name in ("long_static", "long_heap", "long_stack"):
            for build in BUILDS:
                with self.subTest(name=name, build=build):
                    result = run(f"core/{build}/{name}", "--schedules", 1)
                    self.assertEqual(result["verdict"], "inconclusive", result["message"])

    def test_livelock_names_both(self):
        result = run("explore/gcc/thread/spin_for_each_other")
        self.assertEqual(result["verdict"], "livelock")
        self.assertRegex(result["message"], r"thread 1 at .*:\d+, thread 2 at .*:\d+")

    def test_blocking_call_is_named_soon(self):
        for build in BUILDS:
            with self.subTest(build=build):
                result = run(f"core/{build}/blocked_read")
                self.assertEqual(result["verdict"], "unmodelled")
                self.assertIn("read()", result["message"])

    def test_endless_loop_ends(self):
        result = run("core/plain/endless")
        self.assertEqual(result["verdict"], "inconclusive")
        self.assertIn("without a call", result["message"])

    def test_memory_that_grows_is_no_endless_loop(self):
        result = run("core/plain/grows", "--schedules", 1)
        self.assertEqual(result["verdict"], "pass", result["message"])

    def test_a_wait_for_what_still_runs_is_no_block(self):
        result = run("core/plain/busy_elsewhere", "--schedules", 1)
        self.assertEqual(result["verdict"], "pass", result["message"])

    def test_replay_that_does_not_fit_says_where(self):
        name = "explore/gcc/plain/lock_order_two"
        string = run(name)["schedule"]
        other = run("explore/gcc/plain/if_for_while", "--replay", string)
        self.assertEqual(other["verdict"], "diverged")
        self.assertRegex(other["message"], r"step|choice")
        for wrong in ("", "1f0", "nonsense", string[:-1] + "x", string + "0"):
            with self.subTest(string=wrong):
                self.assertEqual(run(name, "--replay", wrong)["verdict"], "diverged")

    def test_a_beginning_may_be_replayed(self):
        """What a string leaves open is the default; its letters are checked, `-` is not."""
        name = "explore/gcc/plain/lock_order_two"
        found = run(name)
        beginning = found["schedule"].partition(".")[0]
        self.assertRegex(beginning, r"[A-P]$")
        unchecked = re.sub(r"[A-P]", "-", beginning)
        other = beginning[:-1] + ("B" if beginning[-1] == "A" else "A")
        self.assertEqual(run(name, "--replay", "1f0:")["verdict"], "pass")
        for string in (beginning, unchecked):
            with self.subTest(string=string):
                again = run(name, "--replay", string)
                self.assertEqual((again["verdict"], again["places"]), ("deadlock", found["places"]))
        self.assertEqual(run(name, "--replay", other)["verdict"], "diverged")

    def test_replay_of_an_unstable_program_says_so(self):
        name = "core/plain/unstable"
        string = run(name, "--unreduced")["schedule"]
        verdicts = [run(name, "--replay", string)["verdict"] for _ in range(14)]
        self.assertIn("diverged", verdicts)
        self.assertLessEqual(set(verdicts), {"diverged", "wrong"})

    def test_no_claim_about_what_was_left_out(self):
        """Steps that are taken to be independent change what this program looks at."""
        result = run("core/plain/who_asks_first", "--schedules", 100)
        self.assertEqual((result["complete"], result["bound"]), (False, -1), result)

    def test_a_process_that_is_gone_has_not_passed(self):
        result = run("core/plain/gone")
        self.assertEqual(result["verdict"], "crash", result)
        self.assertIn("ended by itself, with status 0", result["message"])

    def test_what_fails_once_is_no_pass(self):
        """A failure that does not come again in a fresh process is told as such."""
        result = run("core/plain/left_over", "--strategies", 2)
        self.assertEqual(result["verdict"], "diverged", result)
        self.assertIn("schedule 2 failed, and did not when it was replayed", result["message"])

    def test_replay_is_the_same_each_time(self):
        for name in ("lock_order_two", "if_for_while", "racy_counter", "leaked_memory"):
            found = run(f"explore/gcc/thread/{name}", "--table", "--faults", 3)
            for _ in range(5):
                again = run(f"explore/gcc/thread/{name}", "--table", "--replay",
                            found["schedule"])  # fmt: skip
                for key in ("verdict", "message", "places", "schedule"):
                    self.assertEqual(again[key], found[key])

    def test_tables(self):
        """80 columns up to four threads; the lost step marked; files below."""
        for name in ("lock_order_two", "lock_order_three", "early_signal", "missed_deadline",
                     "signal_for_broadcast", "destroy_while_held"):  # fmt: skip
            with self.subTest(name=name):
                table = run(f"explore/gcc/plain/{name}", "--table")["table"]
                self.assertTrue(table)
                self.assertLessEqual(max(map(len, table.splitlines())), 80, table)
                self.assertRegex(table, r"(?m)^\*\*\* .*all \d+ .* fail$")
                self.assertRegex(table, r"(?m)^>>> ")
                self.assertRegex(table, rf"(?m)^a = line of .*{name}\.c$")

    def test_reduction(self):
        """The fewest switches: two threads that lock in turn need two."""
        found = run("explore/gcc/plain/lock_order_two", "--seed", 3, "--strategies", 2)
        raw = run("explore/gcc/plain/lock_order_two", "--seed", 3, "--strategies", 2,
                  "--unreduced")  # fmt: skip
        self.assertEqual(found["switches"], 2)
        self.assertGreaterEqual(raw["switches"], found["switches"])

    def test_a_cycle_names_holders_and_lines(self):
        message = run("explore/gcc/plain/lock_order_two")["message"]
        held = re.findall(r"waits for mutex \d at \S+:\d+, which thread \d has held since \S+:\d+",
                          message)  # fmt: skip
        self.assertEqual(len(held), 2, message)

    def test_a_lost_wake_up_is_told_apart(self):
        message = run("explore/gcc/plain/early_signal")["message"]
        self.assertTrue(message.startswith("lost wake-up"), message)

    def test_a_condition_that_was_never_signalled_says_more(self):
        """The other one's last signal found nobody, and was not needed."""
        message = run("core/plain/never_signalled")["message"]
        self.assertTrue(message.startswith("deadlock"), message)
        self.assertRegex(message, r"thread 0 waits for condition \d, which was never signalled, at ")
        self.assertNotRegex(message, r"thread 1 waits for condition \d, which was never")


if __name__ == "__main__":
    unittest.main()
