"""What `make check` prints, for each kind of ending: from a student's file to
the last line, compared with a page in tests/golden/report/.

    tests/report/test_golden.py --write    write the pages anew, to be read

Each case is a right file with one fault. The pages hold no figure that may
differ from one run to the next; where one would, the case asks for one test.
"""

import io
import json
import re
import shutil
import sys
import unittest

import here
from here import ROOT

import grading
import jsonschema
import needs
import terminal

GOLDEN = ROOT / "tests/golden/report"
FOLDER = ROOT / "build/report"

# Name: the text replaced, what replaces it, the test asked for, exit status.
FAULTS = {
    "all-passed": ("", "", "", 0),
    "race": (
        "    return waitgroup_add(wg, -1);\n",
        "    wg->count--;\n    pthread_cond_broadcast(&wg->zero);\n    return ST_OK;\n",
        "waitgroup/wait_sleeps_until_zero", 1,
    ),
    "wrong": ("delta < 0 ? wg->count + delta < 0 :", "delta < 0 ? 0 :", "", 1),
    "deadlock": (
        "    pthread_mutex_unlock(&wg->lock);\n    return result;",
        "    return result;",
        "waitgroup/add_counts_up_and_down", 1,
    ),
    "lost-wake-up": (
        "pthread_cond_broadcast", "pthread_cond_signal", "waitgroup/every_waiter_is_let_go", 1,
    ),
    "crash": ("wg->count = 0;", "wg = NULL;\n    wg->count = 0;", "waitgroup/init_takes_any_storage", 1),
    "leak": (
        "wg->count = 0;", "if (malloc(24) == NULL)\n        return ST_NOMEM;\n    wg->count = 0;",
        "waitgroup/init_takes_any_storage", 1,
    ),
    "misuse": (
        "    pthread_mutex_unlock(&wg->lock);\n    return result;",
        "    pthread_mutex_unlock(&wg->lock);\n    pthread_mutex_unlock(&wg->lock);\n"
        "    return result;",
        "waitgroup/add_counts_up_and_down", 1,
    ),
    "compile-error": ("enum status result = ST_OK;", "enum status result = ST_OKAY;", "", 1),
    "refused": (
        "void waitgroup_destroy",
        '__attribute__((no_sanitize("thread")))\nvoid waitgroup_destroy', "", 1,
    ),
    "half-written": (
        "    pthread_mutex_lock(&wg->lock);\n    unsigned long began",
        '    return step_todo("waitgroup.4", wg);\n    pthread_mutex_lock(&wg->lock);\n'
        "    unsigned long began",
        "", 0,
    ),
    "missing-file": (None, None, "", 1),
}  # fmt: skip


def lay_out(name):
    """The case's folder of the chapters' shape, relative to the workbook."""
    old, new, _, _ = FAULTS[name]
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "0-waitgroup").mkdir(parents=True)
    if old is not None:
        text = (GOLDEN / "waitgroup.c").read_text()
        assert text.count(old) >= 1, f"{name}: what is to be replaced is gone"
        text = text.replace(old, new, 1) if old else text
        (folder / "0-waitgroup/waitgroup.c").write_text(text)
    return str(folder.relative_to(ROOT))


def graded(name):
    """(results, exit status) of a case."""
    return grading.grade(lay_out(name), chapters=("waitgroup",), test=FAULTS[name][2])


def printed(results):
    """What a person sees, without colour, and without what differs between
    compilers: the sanitizer's own words."""
    lines = terminal.report(results, terminal.Painter(io.StringIO()))
    text = "".join(f"{line}\n" for line in lines)
    return re.sub(r"(The sanitizer's report:\n).*?\n(?=\n?Score)", r"\1    ...\n", text, flags=re.S)


@needs.solutions()
class Golden(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.schema = jsonschema.Schema.load(here.SCHEMA)

    def check(self, name):
        results, status = graded(name)
        self.assertEqual(self.schema.errors(results), [])
        text = printed(results)
        self.assertEqual(text, (GOLDEN / f"{name}.txt").read_text())
        self.assertEqual(status, FAULTS[name][3])
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)


for case in FAULTS:
    setattr(Golden, f"test_{case.replace('-', '_')}", lambda self, case=case: self.check(case))


def write():
    for name in FAULTS:
        results, status = graded(name)
        text = printed(results)
        (GOLDEN / f"{name}.txt").write_text(text)
        print(f"--- {name}: {status} {json.dumps(results['score'])}\n{text}")


if __name__ == "__main__":
    write() if sys.argv[1:] == ["--write"] else unittest.main()
