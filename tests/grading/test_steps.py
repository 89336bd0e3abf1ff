"""Every step can be done and graded alone.

A student works from the first step to the last. So for each step this test
makes the file as it stands when that step and those before it are written, and
those behind it are not: the tests of the written steps pass, the others say
`todo`, and nothing hangs or fails.
"""

import shutil
import unittest

from grading import CHAPTERS, ROOT, grade, tests_of

import manifest as manifests
import markers


def written_up_to(solution, last):
    """A chapter's file with the steps up to `last` solved."""
    lines = []
    for piece in solution.pieces:
        if isinstance(piece, markers.Given):
            lines.append(piece.text)
        elif int(piece.step.rsplit(".", 1)[1]) <= last:
            lines.extend(text for _, text in piece.code)
        else:
            lines.extend(piece.stays)
    return "\n".join(lines) + "\n"


FEW = 20  # schedules: this is about what a test needs, not about what it finds


class EachStep(unittest.TestCase):
    """One folder of the chapters' shape for each number of steps."""

    @classmethod
    def setUpClass(cls):
        cls.manifest = manifests.load()
        cls.solutions = {
            chapter.name: markers.parse_file(ROOT / "solutions" / chapter.file)
            for chapter in cls.manifest.chapters
        }

    def lay_out(self, last):
        folder = ROOT / "build/steps" / str(last)
        shutil.rmtree(folder, ignore_errors=True)
        for chapter in self.manifest.chapters:
            path = folder / chapter.file
            path.parent.mkdir(parents=True)
            text = written_up_to(self.solutions[chapter.name], last)
            path.write_text(text, encoding="utf-8")
        return folder.relative_to(ROOT)

    def test_each_number_of_steps(self):
        most = max(len(chapter.steps) for chapter in self.manifest.chapters)
        for last in range(1, most + 1):
            results, status = grade(self.lay_out(last), chapters=CHAPTERS, schedules=FEW)
            self.assertEqual(status, 0, f"with {last} steps written")
            for test in tests_of(results).values():
                number = int(test["step"].rsplit(".", 1)[1])
                expected = "pass" if number <= last else "todo"
                with self.subTest(written=last, test=test["name"]):
                    self.assertEqual(test["verdict"], expected, test["message"])


if __name__ == "__main__":
    unittest.main()
