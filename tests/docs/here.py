"""A small workbook from which a site can be made."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/docs")]

import importlib.util  # noqa: E402

# tests/book/here.py has this file's own name.
_spec = importlib.util.spec_from_file_location("workbook", ROOT / "tests/book/here.py")
workbook = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(workbook)

HEADER = "chapters/1-adder/adder.h"
DECLARED = """\
/**
 * @file adder.h
 * Adding. Go: `+`.
 */

/**
 * Add two numbers.
 *
 * @param a the first
 * @param b the second
 * @return their sum
 */
int adder_add(int a, int b);
"""
TEXT = """\
# Adding numbers

What it is about.

## Adding

<a id="adder.1"></a>**adder.1**: see [the second step](#adder.2) and `adder_add()`.

```c
int adder_add(int a, int b);
```

### The second step

<a id="adder.2"></a>It doubles.

![A box, and an arrow to another.](tools/docs/pictures/d.svg)

## Answers

### Answers: adder

<!-- listing solutions/1-adder/adder.c adder.1 -->
```c
int sum = a;

sum = sum + b;
report_sum(sum);
return sum;
```
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9pt"><text class="fill-black">a</text></svg>'


class Site(workbook.Workbook):
    """A test with a small workbook, `self.root`, that has a header and a theme."""

    def setUp(self):
        super().setUp()
        shutil.copytree(ROOT / "tools/docs", self.root / "tools/docs")
        self.put("tools/docs/pictures/d.svg", PICTURE)
        self.put("tools/VERSION", "1\n")
        self.put("tools/harness/harness.h", "/**\n * @file harness.h\n * For tests.\n */\n")
        self.put(HEADER, DECLARED)
        self.put("book.md", TEXT)

    def site(self, edition="student"):
        """Make an edition; its folder."""
        self.said = self.tool("site.py", "--edition", edition)
        return self.root / "build/docs" / edition

    def refused(self, place, message, edition="student"):
        error = self.tool("site.py", "--edition", edition, status=1)
        self.assertRegex(error, rf"(?m)^{place}: .*{message}")
        self.assertFalse((self.root / "build/docs" / edition).exists())
