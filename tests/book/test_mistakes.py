"""The book's common mistakes and the wrong solutions that show them, both ways."""

import re
import sys
import unittest
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools/book")]

import faults  # noqa: E402

ENOUGH = 15  # wrong solutions for each chapter
CHAPTERS = ("waitgroup", "runner", "pool", "work")


def plain(text):
    """Without emphasis, and with one blank between words."""
    return " ".join(text.replace("**", "").split())


def section(book, anchor):
    """What stands behind an anchor, up to the second heading from there or the next anchor."""
    _, found, rest = book.partition(f'<a id="{anchor}"></a>')
    if not found:
        raise AssertionError(f"book.md has no anchor {anchor}")
    rest = re.split(r'<a id="', rest)[0]
    return plain("\n".join(re.split(r"(?m)^#+ ", rest)[:2]))


def bullets(book, chapter):
    """The common mistakes of a chapter, one text each."""
    return section(book, f"{chapter}.mistakes").split(" - ")[1:]


@unittest.skipUnless((ROOT / "tests/mutants").is_dir(), "a handout has no wrong solutions")
class Mistakes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.book = (ROOT / "book.md").read_text(encoding="utf-8")
        cls.mutants = [faults.find(name) for name in faults.paths()]

    def test_each_is_explained_by_a_sentence_of_the_book(self):
        for mutant in self.mutants:
            with self.subTest(mutant.name):
                self.assertEqual(mutant.anchor.split(".")[0], mutant.chapter)
                self.assertGreater(len(mutant.sentence), len("a few words"))
                self.assertIn(plain(mutant.sentence), section(self.book, mutant.anchor))

    def test_each_mistake_of_the_book_is_shown_by_one(self):
        for chapter in CHAPTERS:
            cited = [plain(m.sentence) for m in self.mutants if m.chapter == chapter]
            found = bullets(self.book, chapter)
            self.assertGreater(len(found), 5)
            for bullet in found:
                with self.subTest(bullet):
                    self.assertTrue(any(sentence in bullet for sentence in cited))

    def test_the_book_says_the_verdict(self):
        for mutant in self.mutants:
            sentence = plain(mutant.sentence)
            telling = [b for b in bullets(self.book, mutant.chapter) if sentence in b]
            with self.subTest(mutant.name):
                self.assertTrue(any(f"`{mutant.verdict}`" in bullet for bullet in telling))

    def test_each_chapter_has_enough(self):
        count = Counter(mutant.chapter for mutant in self.mutants)
        for chapter in CHAPTERS:
            with self.subTest(chapter):
                self.assertGreaterEqual(count[chapter], ENOUGH)


if __name__ == "__main__":
    unittest.main()
