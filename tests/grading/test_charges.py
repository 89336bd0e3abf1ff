"""One mistake costs the steps that depend on the faulty one, and no others."""

import unittest

from grading import ROOT, grade, tests_of

import needs

import charges  # (the harness, found by way of grading)
import rollback

WORK, POOL = "3-work/work.c", "2-pool/pool.c"
TWICE = "    MUST(pthread_mutex_unlock(&w->lock));\n"


class LaterSteps(unittest.TestCase):
    """Tests are a, b, … of steps 1, 2, …; `fails(last)` says which fail when the
    steps behind `last` are put back."""

    def charged(self, failing, fails, written=(1, 2, 3, 4, 5)):
        self.asked = []

        def passing(last, tests):
            self.asked.append(last)
            return [test for test in tests if test not in fails(last)]

        steps = {test: "abcde".index(test[0]) + 1 for test in failing}
        return charges.by_later_steps(steps, list(written), passing)

    def test_each_later_step_can_be_the_one(self):
        for culprit in (2, 3, 4, 5):
            with self.subTest(culprit=culprit):
                found = self.charged(("a", "e"), lambda last: ("a",) if last >= culprit else ())
                self.assertEqual(found, {"a": culprit})

    def test_its_own_mistake_ends_the_search(self):
        found = self.charged(("a", "b", "e"), lambda last: ("a", "b"))
        self.assertEqual((found, self.asked), ({}, [1]))

    def test_what_lies_between_is_charged_as_well(self):
        found = self.charged(("a", "b", "c", "d"), lambda last: ("a", "b", "c") if last >= 4 else ())
        self.assertEqual(found, {"a": 4, "b": 4, "c": 4})

    def test_two_mistakes(self):
        """One of step 3's, which b shows; and one of step 4's, which a shows."""
        fails = {1: (), 2: (), 3: ("b", "c"), 4: ("a", "b", "c")}
        found = self.charged(("a", "b", "c", "d"), fails.__getitem__, written=(1, 2, 3, 4))
        self.assertEqual(found, {"a": 4, "b": 3})

    def test_one_of_a_step_may_be_its_own(self):
        found = self.charged(("a1", "a2", "c"), lambda last: ("a1", "a2") if last >= 3 else ("a1",))
        self.assertEqual(found, {"a2": 3})

    def test_somebody_must_bear_it(self):
        """A mistake in step 5 that only tests of steps 1 and 2 show costs those."""
        self.assertEqual(self.charged(("a", "b"), lambda last: ("a", "b") if last >= 5 else ()), {})

    def test_nothing_later_is_written(self):
        found = self.charged(("a", "b"), lambda last: (), written=(1,))
        self.assertEqual((found, self.asked), ({}, []))


class Leaks(unittest.TestCase):
    """A leak is paid for once."""

    def charged(self, tests, made_in=0, clears=True):
        """`tests`: {name: (step, line that leaks)}."""
        entries = [
            {"name": name, "step": f"x.{step}", "lines": [{"file": "x.c", "line": line, "function": "f"}]}
            for name, (step, line) in tests.items()
        ]  # fmt: skip
        return charges.by_leaks(entries, {"f": made_in}.get, list if clears else lambda tests: [])

    def test_in_the_first_step_that_shows_it(self):
        self.assertEqual(self.charged({"a": (1, 9), "b": (1, 9), "c": (2, 9)}), {"c": 1})

    def test_in_the_step_that_made_it(self):
        self.assertEqual(self.charged({"a": (1, 9), "b": (2, 9), "c": (3, 9)}, 2), {"a": 2, "c": 2})

    def test_a_step_that_does_not_show_it_pays_nothing(self):
        self.assertEqual(self.charged({"a": (1, 9), "c": (3, 9)}, 2), {"c": 1})

    def test_another_leak_is_another(self):
        self.assertEqual(self.charged({"a": (1, 9), "b": (2, 8)}), {})

    def test_what_fails_besides_is_no_leak(self):
        self.assertEqual(self.charged({"a": (1, 9), "b": (2, 9)}, clears=False), {})


class Rollbacks(unittest.TestCase):
    SKELETON = (
        "static int one(void)\n{\n    return step_todo(\"x.1\");\n}\n\n"
        "static int two(void)\n{\n    /* } */\n    return step_todo(\"x.2\");\n}\n"
    )  # fmt: skip
    WRITTEN = (
        "static int one(void) { return 1; } /* } */\n"
        "static int helper(void) { return '}'; }\n"
        "static int two(void) { return helper(); }\n"
    )  # fmt: skip

    def test_a_step_is_put_back_and_the_rest_stays(self):
        found = rollback.Rollback(self.WRITTEN, self.SKELETON)
        self.assertEqual(found.written(), [1, 2])
        self.assertEqual(found.up_to(2), self.WRITTEN)
        text = found.up_to(1)
        self.assertIn("return 1;", text)
        self.assertIn("helper", text)
        self.assertIn('step_todo("x.2")', text)

    def test_functions_belong_to_steps(self):
        found = rollback.Rollback(self.WRITTEN, self.SKELETON)
        self.assertEqual([found.step_of(f) for f in ("one", "helper", "two")], [1, 0, 2])

    def test_what_is_unwritten_or_gone_cannot_be_put_back(self):
        text = self.SKELETON.replace("two", "zwei")
        self.assertEqual(rollback.Rollback(text, self.SKELETON).written(), [])
        self.assertEqual(rollback.Rollback(text, self.SKELETON).up_to(0), text)


@needs.solutions()
@needs.tool("gcc")
class Charged(unittest.TestCase):
    """Right solutions with one mistake, graded."""

    def graded(self, name, file, old, new):
        text = (ROOT / "solutions" / file).read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1)
        path = ROOT / "build/charged" / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new), encoding="utf-8")
        chapter = file.split("/")[1][:-2]
        results, _ = grade(f"build/charged/{name}", chapters=[chapter])
        tests = tests_of(results).values()
        failing = [test for test in tests if test["verdict"] != "pass"]
        for test in tests:
            with self.subTest(test["name"]):
                kept = test["verdict"] == "pass" or test["charged_to"]
                self.assertEqual(test["earned"], test["points"] if kept else 0)
        return results, failing

    def test_a_mistake_in_the_last_step_costs_that_step(self):
        old = "    w->joined = true;\n"
        results, failing = self.graded("announce", WORK, old, old + TWICE)
        charged = [test for test in failing if test["charged_to"]]
        self.assertGreater(len(charged), 10)
        self.assertEqual({test["charged_to"] for test in charged}, {"work.7"})
        [chapter] = results["chapters"]
        self.assertTrue(all(s["points"] == s["of"] for s in chapter["steps"][:-1]))
        self.assertEqual(chapter["steps"][-1]["points"], 0)
        self.assertEqual(results["next"]["step"], "work.7")
        self.assertEqual(results["score"]["attempted_failures"], len(failing))

    def test_a_leak_is_paid_for_once(self):
        _, failing = self.graded("leak", POOL, "    free(p->idle);\n", "")
        self.assertEqual({test["verdict"] for test in failing}, {"leak"})
        own = {test["step"] for test in failing if not test["charged_to"]}
        charged = [test["charged_to"] for test in failing if test["step"] not in own]
        self.assertEqual(own, {"pool.1"})
        self.assertGreater(len(charged), 10)
        self.assertEqual(set(charged), {"pool.1"})

    def test_a_mistake_that_others_depend_on_costs_those_too(self):
        """take() is step 3, and every later step hands over."""
        _, failing = self.graded("take", WORK, "oldest->fate = TAKEN;", "oldest->fate = REFUSED;")
        self.assertGreater(len(failing), 10)
        self.assertEqual({test["charged_to"] for test in failing}, {None})


if __name__ == "__main__":
    unittest.main()
