"""The derived wrong solutions are what they are said to be, and a fixed sample of
them is killed for the right reason. `make mutants` grades them all.
"""

import copy
import shutil
import sys
import types
import unittest
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
import needs  # noqa: E402

ENOUGH, ENOUGH_IN_A_CHAPTER, ENOUGH_OF_AN_OPERATOR = 200, 40, 5
EQUIVALENT_MOST = 0.05
LINES_MOST = 8  # that a patch takes away and puts in
# Operators for which the solutions have fewer places than that.
FEW_PLACES = {
    "drop-signal", "drop-broadcast", "signal-for-broadcast", "late-signal",
    "shared-thread-local", "realtime-clock", "relative-deadline",
}  # fmt: skip
# One for each sort of mistake that is told by another verdict or in another way.
SAMPLE = (
    "waitgroup/drop-unlock/waitgroup_wait/1",  # found after a look whether all sleep
    "waitgroup/split-section/waitgroup_add/2",  # two preemptions
    "runner/realtime-clock/init_monotonic/1",
    "pool/drop-section/pool_release/1",
    "pool/callback-under-lock/close_idle/1",
    "work/drop-signal/take/1",
    "work/drop-join/work_shutdown/1",
)


@needs.solutions()
class Derived(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import derive
        import expected

        cls.mutants = derive.derive_all()
        cls.again = derive.derive_all()
        cls.operators = [o.__name__.replace("_", "-") for o in derive.OPERATORS]
        cls.kinds = expected.KINDS
        cls.chapters = derive.CHAPTERS
        cls.judgements = expected.Judgements()

    def test_there_are_enough(self):
        self.assertGreaterEqual(len(self.mutants), ENOUGH)
        found = Counter(mutant.chapter for mutant in self.mutants)
        for chapter in self.chapters:
            with self.subTest(chapter):
                self.assertGreaterEqual(found[chapter], ENOUGH_IN_A_CHAPTER)

    def test_each_operator_has_enough_or_no_more_places(self):
        found = Counter(mutant.operator for mutant in self.mutants)
        few = {name for name, n in found.items() if n < ENOUGH_OF_AN_OPERATOR}
        self.assertEqual(few, FEW_PLACES)

    def test_each_operator_has_its_true_verdicts(self):
        self.assertEqual(set(self.kinds), set(self.operators))

    def test_the_same_solutions_give_the_same_patches(self):
        self.assertEqual([m.patch() for m in self.mutants], [m.patch() for m in self.again])

    def test_each_is_another_text_with_a_name_of_its_own(self):
        for part in ("name", "key", "text"):
            values = [getattr(mutant, part) for mutant in self.mutants]
            self.assertEqual(len(set(values)), len(values), part)

    def test_each_patch_is_small(self):
        for mutant in self.mutants:
            lines = mutant.patch().split("\n")
            changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
            with self.subTest(mutant.name):
                self.assertLessEqual(len(changed), LINES_MOST)

    def test_what_is_judged_by_hand_is_there_and_little(self):
        self.assertEqual(self.judgements.unknown(self.mutants), [])
        most = EQUIVALENT_MOST * len(self.mutants)
        self.assertLessEqual(len(self.judgements.equivalent), most)
        for key, reason in self.judgements.equivalent.items():
            with self.subTest(key):
                self.assertGreater(len(reason.split()), 5)


@needs.solutions()
class Rows(unittest.TestCase):
    """What was seen of a mutant is judged; each thing that may be wrong is told."""

    MUTANT = "waitgroup/drop-broadcast/let_all_go/1"
    GOOD = {
        "name": "waitgroup/every_waiter_is_let_go", "verdict": "deadlock", "message": "", "points": 3, "charged_to": None,
        "functions": ["waitgroup_wait"], "schedules": 1,
    }  # fmt: skip

    def told(self, seeds=2, shown=None, **failing):
        import derive
        import expected
        import rows

        [mutant] = [m for m in derive.derive("waitgroup") if m.key == self.MUTANT]
        tests = [{**self.GOOD, **failing}] if failing.get("verdict") != "pass" else []
        shown = {**self.GOOD, **failing, "interleaving": "t1f3:.0-0000", "replays": True, **(shown or {})}
        facts = {
            "whole": {"compiles": True, "tests": 18, "cpu_seconds": 1.0, "failing": tests},
            "shown": {self.GOOD["name"]: shown}, "usual": None,
            "seeds": {str(seed): seed <= seeds for seed in (1, 2)},
        }  # fmt: skip
        return rows.wrong_with(rows.row(mutant, facts, expected.Judgements()), 2)

    def test_killed_for_the_right_reason(self):
        self.assertIsNone(self.told())

    def test_alive(self):
        self.assertRegex(self.told(verdict="pass"), "^lives: ")

    def test_another_verdict(self):
        self.assertRegex(self.told(verdict="race"), "says race .*true would be deadlock")

    def test_another_verdict_when_it_is_shown(self):
        self.assertRegex(self.told(shown={"verdict": "inconclusive"}), "shown as inconclusive")

    def test_another_place(self):
        self.assertRegex(self.told(functions=["fits"]), "says deadlock at fits")

    def test_no_replay(self):
        self.assertRegex(self.told(shown={"replays": False}), "does not come again from its string")

    def test_not_every_time(self):
        self.assertEqual(self.told(seeds=1), "is killed with 1 of 2 seeds")


@needs.solutions()
@needs.tool("gcc")
class Sample(unittest.TestCase):
    """Graded anew: nothing is taken over from an earlier run."""

    @classmethod
    def setUpClass(cls):
        import derive
        import facts
        import measure

        facts.FOLDER = derive.ROOT / "build/mutation/sample"
        shutil.rmtree(facts.FOLDER, ignore_errors=True)
        cls.measure = measure
        cls.mutants = {mutant.key: mutant for mutant in derive.derive_all()}
        cls.call = types.SimpleNamespace(cc="gcc", seed=1, seeds=1, usual=False)

    def row(self, mutant):
        self.measure.take(mutant, self.call)
        facts = self.measure.Facts(mutant, self.call)
        return self.measure.row(mutant, facts, self.measure.Judgements())

    def test_the_sample_is_killed_for_the_right_reason(self):
        for key in SAMPLE:
            with self.subTest(key):
                row = self.row(self.mutants[key])
                self.assertIsNone(self.measure.wrong_with(row, self.call.seeds))

    def test_a_right_solution_would_be_found_to_live(self):
        right = copy.copy(self.mutants[SAMPLE[0]])
        right.text = (self.measure.ROOT / right.path).read_text(encoding="utf-8")
        trouble = self.measure.wrong_with(self.row(right), self.call.seeds)
        self.assertRegex(trouble or "", "^lives: ")


if __name__ == "__main__":
    unittest.main()
