"""The site's pages in Chromium: axe-core finds nothing, in any of four views.

A page of each kind is looked at, wide and narrow, light and dark: what Doxygen
and the theme make of a kind is the same on all pages of it.
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from shutil import which

import here

import needs

MODULES = here.ROOT / "tests/docs/node_modules/axe-core"
BROWSER = next(filter(None, map(which, ("chromium", "chromium-browser"))), None)
PAGES = (
    "index", "book-the-memory-model", "exercises", "interfaces", "pool_8h",
    "structexplore__result", "solution-waitgroup", "mistakes",
)  # fmt: skip
VIEWS = 4
SECONDS = 300
# Each breaks one rule.
FAULTS = {
    "image-alt": '<img src="a.png">',
    "color-contrast": '<p style="color: #aaa; background: #fff">Too pale to be read.</p>',
    "label": "<input>",
    "no-sideways-scrolling": '<div style="width: 3000px">Wide.</div>',
    "no-network": '<img alt="" src="https://example.invalid/a.png">',
    "no-script-error": "<script>gone()</script>",
}


def look(pages):
    """(faults, the last line) of axe.mjs."""
    done = subprocess.run(
        ["node", "tests/docs/axe.mjs", BROWSER, *pages],
        cwd=here.ROOT, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    *faults, last = done.stdout.splitlines()
    return [json.loads(line) for line in faults], last


@needs.tool("doxygen", "node")
@unittest.skipUnless(BROWSER and MODULES.is_dir(), "needs chromium and axe-core (tools/setup --all)")
class Pages(unittest.TestCase):
    @needs.solutions()
    def test_no_fault_in_any_view(self):
        command = [sys.executable, "tools/book/site.py", "--edition", "instructor"]
        subprocess.run(command, cwd=here.ROOT, check=True, capture_output=True)
        pages = [here.ROOT / f"build/docs/instructor/{name}.html" for name in PAGES]
        faults, last = look(pages)
        self.assertEqual(faults, [])
        self.assertEqual(last, f"{len(pages) * VIEWS} views")

    def test_faults_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "wrong.html"
            body = "\n".join(FAULTS.values())
            page.write_text(
                '<!DOCTYPE html><html lang="en"><head><title>Wrong</title></head>'
                f"<body><main><h1>Wrong</h1>{body}</main></body></html>"
            )
            faults, _ = look([page])
        for rule in FAULTS:
            with self.subTest(rule):
                views = {fault["view"] for fault in faults if fault["rule"] == rule}
                self.assertEqual(len(views), VIEWS)


if __name__ == "__main__":
    unittest.main()
