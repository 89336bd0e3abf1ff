"""The solutions have full marks, and untouched skeletons none, with either
compiler; every test but a demo's log runs in both sanitizer builds.
"""

import unittest
from collections import Counter

from grading import ROOT, grade, tests_of

import manifest as manifests
import needs
import skeletons

UNTOUCHED = "build/skeletons"


class Marks(unittest.TestCase):
    def graded(self, folder, compiler, free=False):
        results, status = grade(folder, cc=compiler, free=free)
        tests = tests_of(results)
        known = {test.name: test for test in manifests.load().tests}
        self.assertEqual(set(tests), set(known))
        for name, test in tests.items():
            with self.subTest(name):
                builds = {build["sanitizer"]: build["verdict"] for build in test["builds"]}
                wanted = set() if known[name].log else {"thread", "address"}
                self.assertEqual(set(builds), wanted)
        self.assertEqual(status, 0)
        return results, tests

    def full(self, compiler, free=False):
        results, tests = self.graded("solutions", compiler, free)
        failing = {n: (t["verdict"], t["message"]) for n, t in tests.items() if t["verdict"] != "pass"}
        self.assertEqual(failing, {})
        self.assertEqual(results["score"]["points"], results["score"]["of"])

    def none(self, compiler):
        manifest = manifests.load()
        for name, data in skeletons.generate(manifest).items():
            path = ROOT / UNTOUCHED / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        results, tests = self.graded(UNTOUCHED, compiler)
        self.assertEqual(Counter(test["verdict"] for test in tests.values()), {"todo": len(tests)})
        self.assertEqual(results["score"]["points"], 0)
        self.assertEqual(results["score"]["attempted_failures"], 0)

    @needs.tool("gcc")
    def test_full_marks_with_gcc(self):
        self.full("gcc")

    @needs.tool("clang")
    def test_full_marks_with_clang(self):
        self.full("clang")

    @needs.tool("gcc")
    def test_full_marks_on_the_machines_own_scheduler(self):
        self.full("gcc", free=True)

    @needs.tool("clang")
    def test_full_marks_on_the_machines_own_scheduler_with_clang(self):
        self.full("clang", free=True)

    @needs.tool("gcc")
    def test_nothing_for_the_skeletons_with_gcc(self):
        self.none("gcc")

    @needs.tool("clang")
    def test_nothing_for_the_skeletons_with_clang(self):
        self.none("clang")


if __name__ == "__main__":
    unittest.main()
