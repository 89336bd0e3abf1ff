"""Where the tested tools are, and a small workbook for them to work on."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "tools" / "book"
sys.path.insert(0, str(BOOK))

ADDER = """\
#include "adder.h"

#include "step.h"

/* Given: the same in both. */
static int twice(int a)
{
    return 2 * a;
}

int adder_add(int a, int b)
{
    //> adder.1: Add the two numbers. Print "Sum:  done" with its two spaces,
    //> so that the words need more than one line of the comment.
    int sum = a;

    //. The order does not matter.
    sum = sum + b;
    report_sum(sum);
    return sum;
    //< adder.1: return step_todo("adder.1", a,
    //<                           b, twice);
}

int adder_twice(int a)
{
    //> adder.2: Double it.
    int doubled = twice(a);
    report_doubled(doubled);
    remember_doubled(doubled);
    //< adder.2: (void)step_todo("adder.2", twice);
    //> adder.2
    return doubled;
    //< adder.2: return a;
}
"""

MANIFEST = {
    "version": 1,
    "chapters": [
        {
            "name": "adder",
            "folder": "1-adder",
            "source": "adder.c",
            "title": "Adding",
            "book": "adding",
            "steps": [
                {
                    "name": "adder.1",
                    "title": "Add",
                    "hint": ["Think.", "Use +."],
                    "book": "adder.1",
                    "tests": [{"name": "adds", "points": 60}],
                },
                {
                    "name": "adder.2",
                    "title": "Double",
                    "hint": ["Add it to itself."],
                    "book": "adder.2",
                    "tests": [{"name": "doubles", "points": 40, "limit": 20}],
                },
            ],
        }
    ],
}

TESTS = """\
static CU_TestInfo tests[] = {
    {"adds", test_adds},
    /* {"gone", test_gone}, */
    {"doubles", test_doubles},
    CU_TEST_INFO_NULL,
};
"""

BOOK_TEXT = """\
# Adding {#adding}

<a id="adder.1"></a>First step.

## Second step {#adder.2}
"""


class Workbook(unittest.TestCase):
    """A test with a small workbook in a temporary folder, `self.root`."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "book"
        schema = (ROOT / "tests/manifest.schema.json").read_text()
        self.put("tests/manifest.schema.json", schema)
        self.put_manifest(MANIFEST)
        self.put("tests/adder_test.c", TESTS)
        self.put("book.md", BOOK_TEXT)
        self.put("solutions/1-adder/adder.c", ADDER)

    def put(self, name, text):
        """Write a file of the small workbook."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def put_manifest(self, manifest):
        self.put("tests/manifest.json", json.dumps(manifest, indent=1))

    def read(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def tool(self, name, *arguments, status=0):
        """Run a tool on the small workbook; returns stdout, or stderr if it fails."""
        done = subprocess.run(
            [sys.executable, BOOK / name, "--root", self.root, *arguments],
            capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr if status else done.stdout
