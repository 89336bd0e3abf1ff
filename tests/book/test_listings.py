"""The book's blocks: made from their sources, and caught when they drift."""

import subprocess
import sys
import unittest

import here

sys.path.append(str(here.ROOT / "tests"))
import needs  # noqa: E402

HEADER = """\
/** @file adder.h Adding. */
#ifndef ADDER_H
#define ADDER_H

/** How many. */
enum { ADDER_MOST = 3, ADDER_LEAST };

/** Two of them. */
struct adder_pair {
    /** The first. */
    int one;
    int other; /**< the other */
};

/**
 * Add.
 */
int adder_add(int a, int b);

#endif
"""
PATCH = """\
Fault: It subtracts.
Verdict: wrong
Test: adder/adds
Interleaving: no
Book: adder.mistakes Who subtracts has not read the step.

--- a/solutions/1-adder/adder.c
+++ b/solutions/1-adder/adder.c
@@ -17,3 +17,3 @@
     //. The order does not matter.
-    sum = sum + b;
+    sum = sum - b;
     report_sum(sum);
"""
TABLE = """\
| step | what | points | tests |
|---|---|--:|---|
| [adder.1](#adder.1) | Add | 60 | `adds` 60 |
| [adder.2](#adder.2) | Double | 40 | `doubles` 40 |
"""
REGION = "solutions/1-adder/adder.c adder.1"


def block(text, language="c"):
    return f"```{language}\n{text}\n```\n"


class Listings(here.Workbook):
    def setUp(self):
        super().setUp()
        self.put("chapters/1-adder/adder.h", HEADER)
        self.put("tests/logs/adder.log", "one\ntwo\nthree\n")
        self.put("tests/mutants/adder/subtracts.patch", PATCH)
        self.put(".clang-format", (here.ROOT / ".clang-format").read_text())

    def made(self, directive):
        """The block that is written behind a directive."""
        self.put("book.md", f"<!-- {directive} -->\n\nbehind it\n")
        self.tool("listings.py", "write")
        text = self.read("book.md").removeprefix(f"<!-- {directive} -->\n")
        self.tool("listings.py", "check")
        return text.removesuffix("\nbehind it\n")

    def refused(self, text, line, message, verb="check"):
        """The fault is told with the book's line, and nothing is written."""
        self.put("book.md", text)
        error = self.tool("listings.py", verb, status=1)
        self.assertRegex(error, rf"(?m)^book.md:{line}: .*{message}")
        self.assertEqual(self.read("book.md"), text)

    def test_a_region(self):
        self.assertEqual(
            self.made(f"listing {REGION}"),
            block("int sum = a;\n\nsum = sum + b;\nreport_sum(sum);\nreturn sum;"),
        )

    def test_one_region_of_two(self):
        self.assertEqual(self.made("listing solutions/1-adder/adder.c adder.2:2"),
                         block("return doubled;"))  # fmt: skip

    def test_a_function(self):
        self.assertEqual(
            self.made("listing solutions/1-adder/adder.c twice"),
            block("static int twice(int a)\n{\n    return 2 * a;\n}"),
        )

    def test_a_solutions_function_has_no_markers(self):
        made = self.made("listing solutions/1-adder/adder.c adder_twice")
        self.assertIn("remember_doubled(doubled);\n    return doubled;\n}", made)

    def test_a_declaration(self):
        self.assertEqual(self.made("listing chapters/1-adder/adder.h adder_add"),
                         block("int adder_add(int a, int b);"))  # fmt: skip

    def test_a_type_without_its_docs(self):
        self.assertEqual(
            self.made("listing chapters/1-adder/adder.h adder_pair"),
            block("struct adder_pair {\n    int one;\n    int other; /**< the other */\n};"),
        )

    def test_an_enumerator_names_its_enum(self):
        self.assertEqual(self.made("listing chapters/1-adder/adder.h ADDER_LEAST"),
                         block("enum { ADDER_MOST = 3, ADDER_LEAST };"))  # fmt: skip

    def test_a_whole_file_without_its_first_comment(self):
        self.put("chapters/1-adder/examples/one.c", "/* What it\n * is. */\n#include <a.h>\n")
        self.assertEqual(self.made("listing chapters/1-adder/examples/one.c"),
                         block("#include <a.h>"))  # fmt: skip

    def test_a_wrong_solution(self):
        made = self.made("listing tests/mutants/adder/subtracts.patch adder_add")
        self.assertIn("    sum = sum - b;\n", made)

    @needs.tool("clang-format")
    def test_lines_fit_a_page(self):
        call = "int n = f(" + ", ".join(f"argument{i}" for i in range(6)) + ");"
        self.put("chapters/1-adder/wide.c", f"int f(void)\n{{\n    {call}\n    return n;\n}}\n")
        lines = self.made("listing chapters/1-adder/wide.c f").split("\n")
        self.assertLessEqual(max(map(len, lines)), 72)
        self.assertIn("    return n;", lines)

    def test_a_log_and_some_of_its_lines(self):
        self.assertEqual(self.made("log tests/logs/adder.log"), block("one\ntwo\nthree", "text"))
        self.assertEqual(self.made("log tests/logs/adder.log 2-3"), block("two\nthree", "text"))

    def test_exercises(self):
        self.assertEqual(self.made("exercises adder"), "\n" + TABLE)

    def test_only_what_differs_is_written(self):
        self.made(f"listing {REGION}")
        self.assertIn("0 of 1 blocks", self.tool("listings.py", "write"))

    def test_a_changed_listing(self):
        made = self.made(f"listing {REGION}").replace("sum + b", "b + sum")
        self.refused(f"first\n<!-- listing {REGION} -->\n{made}\n", 6, "run `make listings`")

    def test_a_line_too_few(self):
        made = self.made(f"listing {REGION}").replace("return sum;\n", "")
        self.refused(f"<!-- listing {REGION} -->\n{made}", 7, "run `make listings`")

    def test_a_changed_solution(self):
        made = self.made(f"listing {REGION}")
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("report_sum", "tell_sum"))
        self.refused(f"<!-- listing {REGION} -->\n{made}", 6, "run `make listings`")

    def test_changed_points(self):
        made = self.made("exercises adder").replace("60", "61")
        self.refused(f"<!-- exercises adder -->\n{made}", 5, "run `make listings`")

    def test_no_block(self):
        self.refused("<!-- log tests/logs/adder.log -->\n", 2, "run `make listings`")

    def test_a_renamed_function(self):
        self.refused("\n<!-- listing chapters/1-adder/adder.h adder_sum -->\n", 2,
                     "no 'adder_sum'; it has:.* adder_add", "write")  # fmt: skip

    def test_a_file_that_is_gone(self):
        self.refused("<!-- listing chapters/1-adder/gone.c -->\n", 1,
                     "there is no file chapters/1-adder/gone.c", "write")  # fmt: skip

    def test_a_region_that_is_gone(self):
        self.refused("<!-- listing solutions/1-adder/adder.c adder.9 -->\n", 1, "no region adder.9")

    def test_lines_that_a_log_does_not_have(self):
        self.refused("<!-- log tests/logs/adder.log 2-4 -->\n", 1, "has lines 1-3, not 2-4")

    def test_an_unknown_chapter(self):
        self.refused("<!-- exercises adde -->\n", 1, "'adde'; there are: adder")

    def test_an_unknown_wrong_solution(self):
        self.refused("<!-- interleaving adder/nix -->\n", 1, "'adder/nix'; there are: adder/subt")

    def test_an_unknown_directive(self):
        self.refused("a\n\n<!-- listting x -->\n", 3, "no directive; there are: listing, log")

    def test_an_open_fence(self):
        self.refused("a\n```c\nint a;\n", 2, "never closed")

    def test_a_command_that_is_none(self):
        self.refused("<!-- output rm -rf x -->\n", 1, "no command of the workbook")

    def test_every_fault_is_told(self):
        text = "<!-- exercises x -->\n<!-- log x -->\n"
        self.refused(text, 1, "'x'")
        self.refused(text, 2, "no file x")

    def test_a_handout_has_no_solutions_to_look_at(self):
        self.put("book.md", f"<!-- listing {REGION} -->\n")
        (self.root / "solutions/1-adder/adder.c").unlink()
        (self.root / "solutions/1-adder").rmdir()
        (self.root / "solutions").rmdir()
        self.assertIn("0 blocks", self.tool("listings.py", "check"))


class TheRealOne(unittest.TestCase):
    @needs.tool("clang-format", "gcc", "make")
    def test_no_block_has_drifted(self):
        command = [sys.executable, here.BOOK / "listings.py", "check"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
