"""make new-chapter: what it refuses, it leaves as it was."""

import json
import unittest

import here


class Refused(here.Workbook):
    def refused(self, name, message, status=2):
        self.put("chapters/1-adder/adder.h", "int adder_add(int a, int b);\n")
        before = sorted(self.root.rglob("*"))
        self.assertRegex(self.tool("newchapter.py", name, status=status), message)
        self.assertEqual(sorted(self.root.rglob("*")), before)

    def test_no_name(self):
        self.refused("", "which name")

    def test_a_name_that_is_none(self):
        self.refused("My chapter", "'My chapter' is no name for a chapter")

    def test_a_name_that_is_taken(self):
        self.refused("adder", "'adder' is taken")

    def test_a_file_in_the_way(self):
        self.put("tests/meter_test.c", "mine\n")
        self.refused("meter", "tests/meter_test.c exists already; nothing was written")

    def test_a_book_without_answers(self):
        self.put("Makefile", "CHAPTERS := adder\nfolder_adder := 1-adder\n")
        self.put("compile_flags.txt", "-Ichapters/1-adder\n")
        for template in (here.BOOK / "chapter").iterdir():
            self.put(f"tools/book/chapter/{template.name}", template.read_text())
        manifest = self.read("tests/manifest.json")
        self.put("tests/manifest.json", json.dumps(json.loads(manifest), indent=2) + "\n")
        self.refused("meter", "book.md: has no part", status=1)



if __name__ == "__main__":
    unittest.main()
