"""What the texts speak of: each thing that is not there is caught at its line."""

import subprocess
import sys
import unittest

import here

sys.path.append(str(here.ROOT / "tests"))
import needs  # noqa: E402

MAKEFILE = """\
# The verbs.
#   CHAPTER=pool   one chapter
#   STEP=pool.3    one step
#   TEST=pool/x    one test

check:
hint:
"""
ANSWERS = """
## Answers

<!-- listing solutions/1-adder/adder.c adder.1 -->
<!-- listing solutions/1-adder/adder.c adder_twice -->
"""
DOT = """digraph d {
    one -> two [color=blue]
}
"""


class Texts(here.Workbook):
    def setUp(self):
        super().setUp()
        self.put("Makefile", MAKEFILE)
        self.put("tools/run", "#!/bin/sh\n# --fast\n")
        self.put("chapters/1-adder/adder.h", "int adder_add(int a, int b);\n")

    def all_well(self, more):
        self.put("book.md", here.BOOK_TEXT + more + ANSWERS)
        return self.tool("references.py")

    def refused(self, more, message, line=None):
        """The fault is told with the line of the added text at which it stands."""
        self.put("book.md", here.BOOK_TEXT + more)
        error = self.tool("references.py", status=1)
        line = line or here.BOOK_TEXT.count("\n") + 1
        self.assertRegex(error, rf"(?m)^book.md:{line}: .*{message}")

    def test_what_is_there(self):
        said = self.all_well(
            "\n[Adding](#adding), [second](#second-step) and [the code](chapters/1-adder/adder.h).\n"
            "`adder_add()`, `pthread_mutex_lock()`, `PTHREAD_MUTEX_INITIALIZER`, `adder.1`,\n"
            "`adder/adds`, `chapters/*/adder.h`, `make check CHAPTER=adder`, `make hint STEP=adder.2`,\n"
            "`make check TEST=NAME`, `tools/run --fast`, `build/x/y`; <https://example.org/> and\n"
            "[that](https://example.org/a).\n"
        )
        self.assertIn("4 links", said)
        self.assertIn("3 names", said)

    def test_code_blocks_are_not_looked_at(self):
        self.all_well("```c\nno_such_function();\n[a](#nowhere)\n```\n")

    def test_other_systems_are_not_ours(self):
        self.all_well("### What real systems do\n\n`uv_barrier_wait()` in `src/thread.c`.\n")

    def test_a_dead_link(self):
        self.refused("[that](#nowhere)\n", "no anchor 'nowhere'")

    def test_a_link_to_a_file_that_is_gone(self):
        self.refused("[that](chapters/gone.c)\n", "no file chapters/gone.c")

    def test_a_link_without_words(self):
        self.refused("[](#adding)\n", "no words")

    def test_an_address_that_is_no_address(self):
        self.refused("[that](http://example.org/)\n", "no https address")

    def test_an_image_without_a_text_alternative(self):
        self.put("a.svg", "<svg/>")
        self.refused("![](a.svg)\n", "no text alternative")

    def test_an_image_that_is_gone(self):
        self.refused("![A box.](b.svg)\n", "no file b.svg")

    def test_an_anchor_twice(self):
        self.refused('<a id="adder.1"></a>\n', "stands at line 3 too")

    def test_a_renamed_function(self):
        self.refused("\nsee `adder_sum()`\n", "nothing is called `adder_sum`", 7)

    def test_a_renamed_constant(self):
        self.refused("`ADDER_MOST`\n", "nothing is called `ADDER_MOST`")

    def test_a_function_that_the_system_does_not_have(self):
        self.refused("`pthread_mutex_grab()`\n", "nothing is called `pthread_mutex_grab`")

    def test_a_path(self):
        self.refused("`chapters/1-adder/gone.h`\n", "no file chapters/1-adder/gone.h")

    def test_a_file_that_is_known_by_its_name(self):
        self.assertIn("2 paths", self.all_well("\n`adder.h` and `pthread.h`\n"))
        self.refused("\n`subtractor.c`\n", "no file is called subtractor.c", here.BOOK_TEXT.count("\n") + 2)

    def test_a_step(self):
        self.refused("`adder.3`\n", "no step is called 'adder.3'")

    def test_a_test(self):
        self.refused("`adder/gone`\n", "no test or wrong solution is called 'adder/gone'")

    def test_a_verb(self):
        self.refused("`make chekc CHAPTER=adder`\n", "no verb 'chekc'")

    def test_a_choice(self):
        self.refused("`make check CHAPTRE=adder`\n", "no choice CHAPTRE=")

    def test_a_choices_value(self):
        self.refused("`make check CHAPTER=addre`\n", "no chapter is called 'addre'")

    def test_an_option(self):
        self.refused("`tools/run --slow`\n", "tools/run has no option --slow")

    def test_a_step_that_the_book_never_mentions(self):
        self.put("book.md", here.BOOK_TEXT.replace('<a id="adder.1"></a>', ""))
        error = self.tool("manifest.py", "check", status=1)
        self.assertIn("tests/manifest.json:12: book.md has no anchor 'adder.1'", error)

    def test_lines_of_a_solution(self):
        self.refused("\n```c\nint sum = a;\nsum = sum + b;\nreport_sum(sum);\n```\n",
                     "gives adder.1 away", 8)  # fmt: skip

    def test_a_solution_before_the_answers(self):
        self.refused("<!-- listing solutions/1-adder/adder.c adder.1 -->\n", "outside the Answers")

    def test_a_chapter_without_answers(self):
        self.put("book.md", here.BOOK_TEXT)
        error = self.tool("references.py", status=1)
        self.assertIn("solutions/1-adder/adder.c:13: region adder.1 is shown nowhere", error)

    def test_every_region_is_shown(self):
        self.all_well("")
        self.put("book.md", here.BOOK_TEXT + ANSWERS.replace("adder_twice", "twice"))
        error = self.tool("references.py", status=1)
        self.assertIn("solutions/1-adder/adder.c:27: region adder.2 is shown nowhere", error)
        self.assertIn("solutions/1-adder/adder.c:32: region adder.2 is shown nowhere", error)


@needs.tool("dot")
class Pictures(here.Workbook):
    PICTURE = "tools/docs/pictures/d"

    def setUp(self):
        super().setUp()
        self.put(f"{self.PICTURE}.dot", DOT)
        self.tool("pictures.py", "write")

    def refused(self, message, verb="check"):
        self.assertRegex(self.tool("pictures.py", verb, status=1), f"(?m)^{message}")

    def test_made_once(self):
        self.assertIn("1 pictures", self.tool("pictures.py", "check"))
        self.assertIn("0 of 1", self.tool("pictures.py", "write"))

    def test_light_and_dark(self):
        svg = self.read(f"{self.PICTURE}.svg")
        self.assertIn("prefers-color-scheme: dark", svg)
        self.assertRegex(svg, r'<path class="stroke-blue" [^>]*stroke="#0b57b0"')
        self.assertNotRegex(svg, r'(fill|stroke)="(black|blue|white)"')

    def test_a_changed_source(self):
        self.put(f"{self.PICTURE}.dot", DOT.replace("two", "three"))
        self.refused(r"tools/docs/pictures/d.svg:1: not made from d.dot as it is now")

    def test_a_picture_that_is_missing(self):
        (self.root / f"{self.PICTURE}.svg").unlink()
        self.refused(r"tools/docs/pictures/d.dot:1: has no picture yet")

    def test_a_picture_without_a_source(self):
        self.put("tools/docs/pictures/e.svg", "<svg/>")
        self.refused(r"tools/docs/pictures/e.svg:1: there is no e.dot")

    def test_a_colour_that_dark_mode_does_not_know(self):
        self.put(f"{self.PICTURE}.dot", DOT.replace("blue", "green"))
        self.refused(r"tools/docs/pictures/d.dot:2: 'green' is no colour", "write")

    def test_a_source_that_is_not_understood(self):
        self.put(f"{self.PICTURE}.dot", DOT.replace("->", ">>"))
        self.refused(r"tools/docs/pictures/d.dot:2: ", "write")


class TheRealOnes(unittest.TestCase):
    @needs.solutions()
    @needs.tool("cc")
    def test_every_reference_resolves(self):
        command = [sys.executable, here.BOOK / "references.py"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
