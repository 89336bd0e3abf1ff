"""Step markers: what becomes of a region, and every way to get one wrong."""

import unittest

import here
import markers
from errors import BookError

SKELETON = """\
#include "adder.h"

#include "step.h"

/* Given: the same in both. */
static int twice(int a)
{
    return 2 * a;
}

int adder_add(int a, int b)
{
    /* TODO adder.1: Add the two numbers. Print "Sum:  done" with its two
     * spaces, so that the words need more than one line of the comment. */
    return step_todo("adder.1", a, b, twice);
}

int adder_twice(int a)
{
    /* TODO adder.2: Double it. */
    (void)step_todo("adder.2", twice);
    /* TODO adder.2 (continued) */
    return a;
}
"""


def skeleton(text):
    return markers.parse(text, "x.c").skeleton()


def region(words, stays="step_todo(\"a.1\");", indent="    "):
    marked = "".join(f"{indent}//> {line}\n" for line in words)
    return f"{marked}{indent}code();\n{indent}//< a.1: {stays}\n"


class Skeletons(unittest.TestCase):
    def test_whole_file(self):
        self.assertEqual(skeleton(here.ADDER), SKELETON)

    def test_no_line_is_longer_than_80_columns_and_none_ends_in_a_space(self):
        for length in range(1, 160):
            for indent in ("", "    ", "        "):
                words = "a.1: " + "x" * (length % 13 + 1) + " word" * (length // 5) + " end"
                for line in skeleton(region([words], indent=indent)).split("\n"):
                    self.assertLessEqual(len(line), 80)
                    self.assertEqual(line, line.rstrip())

    def test_words_are_filled_anew(self):
        many = ["a.1: One two", "three", "four."]
        self.assertIn("/* TODO a.1: One two three four. */", skeleton(region(many)))

    def test_an_empty_line_of_words_begins_a_paragraph(self):
        text = skeleton(region(["a.1: One.", "", "Two."]))
        self.assertIn("    /* TODO a.1: One.\n     *\n     * Two. */\n", text)

    def test_what_stands_in_quotes_is_not_broken(self):
        quoted = '"Resource Return:  Returned Resource Queue"'
        words = ["a.1: Under the lock, do this and that; then print", f"{quoted}, and go on."]
        self.assertIn(quoted, skeleton(region(words)))

    def test_a_long_word_gets_its_own_line(self):
        text = skeleton(region(["a.1: See", "h" * 90]))
        self.assertIn(f"\n     * {'h' * 90}", text)

    def test_a_line_break_stays_where_one_is_needed(self):
        long = [f'step_todo("a.1", {"a" * 40},', f"          {'b' * 40});"]
        stays = long[0] + "\n    //<      " + long[1]
        text = skeleton(region(["a.1: Do."], stays))
        self.assertIn(f"    {long[0]}\n    {long[1]}\n", text)

    def test_no_doubled_blank_lines(self):
        text = "a;\n\n//. Only the solution says this.\n\nb;\n"
        self.assertEqual(skeleton(text), "a;\n\nb;\n")

    def test_commentary_inside_and_behind_a_region(self):
        text = "//> a.1: Do.\n//. why\nx();\n//< a.1: step_todo(\"a.1\");\n//. so\ny();\n"
        self.assertEqual(skeleton(text), '/* TODO a.1: Do. */\nstep_todo("a.1");\ny();\n')

    def test_given_code_is_untouched(self):
        text = "int a; // >\n/* //> not a marker\n */\nchar *s = \"//\";\n\tint 변수;\n"
        self.assertEqual(skeleton(text), text)


class Wrong(unittest.TestCase):
    """Each mistake is an error that names file and line."""

    def refused(self, text, line, message):
        with self.assertRaises(BookError) as caught:
            markers.parse(text, "solutions/1-a/a.c")
        self.assertRegex(str(caught.exception), rf"^solutions/1-a/a\.c:{line}: {message}")
        self.assertNotIn("\n", str(caught.exception))

    def test_nested(self):
        self.refused("//> a.1: Do.\nx;\n//> a.2: Do.\ny;\n", 3, "region a.2 opens inside region a.1")

    def test_nested_before_any_code(self):
        self.refused("//> a.1: Do.\n//> a.2: Do.\n", 2, "region a.2 opens inside region a.1")

    def test_unclosed(self):
        self.refused("int a;\n//> a.1: Do.\nx;\n", 2, "region a.1 is never closed")

    def test_unclosed_without_code(self):
        self.refused("//> a.1: Do.\n", 1, "region a.1 is never closed")

    def test_stray_close(self):
        self.refused("x;\n//< a.1: y;\n", 2, "`//<` closes a region, but none is open")

    def test_close_of_another_step(self):
        self.refused("//> a.1: Do.\nx;\n//< a.2: y;\n", 3, "`//<` closes a.2, but the region .* is a.1")

    def test_second_closing_line_of_another_step(self):
        text = "//> a.1: Do.\nx;\n//< a.1: y;\n//< a.2: y;\n"
        self.refused(text, 4, "`//<` closes a.2")

    def test_close_without_a_step(self):
        self.refused("//> a.1: Do.\nx;\n//< y;\n", 3, "expected `//< a.1`")

    def test_open_without_a_step(self):
        self.refused("x;\n//> Do it.\n", 2, "expected `//> STEP: words`")

    def test_words_behind_code(self):
        self.refused("//> a.1: Do.\nx;\n//> more words\n", 3, "the words of region a.1 must stand")

    def test_first_region_without_words(self):
        self.refused("//> a.1\nx;\n//< a.1\n", 1, "the first region of a.1 has no words")

    def test_empty_region(self):
        self.refused("//> a.1: Do.\n//< a.1: y;\n", 1, "region a.1 is empty")

    def test_marker_behind_code(self):
        self.refused("x; //> a.1: Do.\n", 1, "a step marker must stand on a line of its own")

    def test_words_that_would_end_the_comment(self):
        self.refused("//> a.1: Do */ this.\nx;\n//< a.1\n", 1, "words must not hold")

    def test_code_that_stays_too_wide(self):
        self.refused(f"//> a.1: Do.\nx;\n//< a.1: {'y' * 81}\n", 1, "code that stays would reach")

    def test_code_that_stays_out_of_line(self):
        text = "//> a.1: Do.\nx;\n//< a.1: y(a,\n//<   b);\n"
        self.refused(text, 4, "code that stays must be aligned")

    def test_step_todo_of_another_step(self):
        text = '//> a.1: Do.\nx;\n//< a.1: step_todo("a.2");\n'
        self.refused(text, 1, 'region a.1 calls step_todo\\("a.2"\\)')

    def test_windows_line_ends(self):
        self.refused("int a;\r\nint b;\r\n", 1, "has Windows line ends")

    def test_all_faults_of_a_file_are_told(self):
        text = "//> a.1: Do.\n//< a.1\n//> a.2\nx;\n//< a.2\n"
        with self.assertRaises(BookError) as caught:
            markers.parse(text, "a.c")
        self.assertEqual(len(str(caught.exception).split("\n")), 2)


if __name__ == "__main__":
    unittest.main()
