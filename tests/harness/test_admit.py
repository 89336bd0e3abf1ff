"""The gate: each fixture is admitted, or refused at its line in its words.

In a fixture of admit/refused/, a comment `//! words` says what the refusal must
say, at the line where it stands; `//! line N: words` names another line, and
`//! gcc: words` is for that compiler alone.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "admit"
TOOL = ROOT / "tools" / "harness"
sys.path.insert(0, str(TOOL))

import admit  # noqa: E402

COMPILERS = os.environ.get("ADMIT_CC", "gcc clang").split()
FOLDERS = sorted(p.name for p in (ROOT / "chapters").iterdir() if p.is_dir())
FLAGS = (
    "-std=c11 -D_POSIX_C_SOURCE=200809L -pthread -g -O0 -fno-omit-frame-pointer -fno-common "
    "-Wall -Wextra -Werror=implicit-function-declaration "
    "-Werror=incompatible-pointer-types -Werror=int-conversion "
    + " ".join(f"-Ichapters/{folder}" for folder in FOLDERS)
).split()
WANTED = re.compile(r"//! (?:(gcc|clang): )?(?:line (\d+): )?(.*)")


def setUpModule():
    os.chdir(ROOT)


def judged(path, cc="gcc", chapter="none"):
    return admit.judge(cc, chapter, os.path.relpath(path), FLAGS)


def wanted(path, cc):
    """(line or None, words) of a fixture, or None if it is not for cc."""
    for number, line in enumerate(path.read_text().split("\n"), 1):
        match = WANTED.search(line)
        if match and match[1] in (None, cc):
            at_end = line.startswith("//!")
            place = int(match[2]) if match[2] else None if at_end else number
            return None if match[3].startswith("skip") else (place, match[3])
    raise AssertionError(f"{path} does not say what is wanted")


def all_judged(paths):
    """(path, compiler, judge()'s answer), two at a time."""
    pairs = [(path, cc) for path in sorted(paths) for cc in COMPILERS]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda pair: judged(*pair), pairs)
        return [(*pair, answer) for pair, answer in zip(pairs, answers)]


class Fixtures(unittest.TestCase):
    def refused(self, path, cc, outcome, status):
        expected = wanted(path, cc)
        if expected is None:
            return
        line, words = expected
        self.assertEqual(status, 1, outcome)
        self.assertFalse(outcome["admitted"])
        self.assertIn(words, outcome["message"])
        self.assertRegex(outcome["message"], r"\.$")
        if line:
            self.assertEqual(outcome["lines"][0]["line"], line, outcome)
            self.assertEqual(outcome["lines"][0]["file"], str(path.relative_to(ROOT)))

    def test_refused(self):
        for path, cc, answer in all_judged((HERE / "refused").glob("*.c")):
            with self.subTest(path.stem, cc=cc):
                self.refused(path, cc, *answer)

    def admitted(self, path, cc, chapter="none"):
        outcome, status = judged(path, cc, chapter)
        self.assertEqual((status, outcome["message"]), (0, ""), outcome["lines"])
        self.assertEqual(outcome["warnings"], [])
        self.assertEqual(outcome["diagnostics"], "")

    def test_admitted(self):
        for path in sorted((HERE / "admitted").glob("*.c")):
            for cc in COMPILERS:
                with self.subTest(path.stem, cc=cc):
                    self.admitted(path, cc)

    def all_admitted(self, folder, at_least):
        paths = sorted(folder.glob("*/*.c"))
        self.assertGreaterEqual(len(paths), at_least)
        for path in paths:
            for cc in COMPILERS:
                with self.subTest(path.name, cc=cc):
                    self.admitted(path, cc, path.stem)

    @unittest.skipUnless((ROOT / "solutions").is_dir(), "a handout has no solutions")
    def test_solutions(self):
        self.all_admitted(ROOT / "solutions", 4)

    def test_skeletons(self):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "tools/book/skeletons.py", "write", "--into", folder]
            subprocess.run(command, check=True, capture_output=True)
            self.all_admitted(Path(folder), 4)


class Files(unittest.TestCase):
    """What is no C source at all."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "pool.c"

    def refused(self, words, line=None):
        outcome, status = judged(self.path)
        self.assertEqual((status, outcome["verdict"]), (1, "build"), outcome)
        self.assertIn(words, outcome["message"])
        self.assertEqual([entry["line"] for entry in outcome["lines"]][:1], [line] if line else [])

    def written(self, data):
        self.path.write_bytes(data)

    def test_missing(self):
        self.refused("is missing")

    def test_dangling_link(self):
        self.path.symlink_to("nowhere")
        self.refused("is missing")

    def test_empty(self):
        self.written(b"")
        self.refused("is empty")

    def test_blank(self):
        self.written(b" \n\t\n")
        self.refused("is empty")

    def test_folder(self):
        self.path.mkdir()
        self.refused("is a folder")

    def test_fifo(self):
        os.mkfifo(self.path)
        self.refused("is not a regular file")

    def test_binary(self):
        self.written(b"\x7fELF\n\0\0")
        self.refused("a binary file", 2)

    def test_utf16(self):
        self.written("int a;\n".encode("utf-16"))
        self.refused("UTF-16", 1)

    def test_not_utf8(self):
        self.written("/* a */\n/* 작업 */\n".encode("euc-kr"))
        self.refused("is not UTF-8 text", 2)

    def test_huge(self):
        self.written(b"/*" + b"x" * 300_000 + b"*/\n")
        self.refused("is larger than 256 KiB")

    def test_unreadable(self):
        self.written(b"int a;\n")
        self.path.chmod(0)
        if os.access(self.path, os.R_OK):  # root reads everything
            self.path = self.path / "below-a-file.c"
        self.refused("cannot be read")

    def test_crlf_and_byte_order_mark(self):
        self.written(b"\xef\xbb\xbfint answer(void)\r\n{\r\n    return 1;\r\n}\r\n")
        outcome, status = judged(self.path)
        self.assertEqual(status, 0, outcome)


class Chapters(unittest.TestCase):
    """What the header promises, and which chapters may be called."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def judged(self, chapter, text, cc="gcc"):
        path = self.folder / f"{chapter}.c"
        path.write_text(text)
        return judged(path, cc, chapter)

    def solution(self, chapter):
        return next((ROOT / "solutions").glob(f"*-{chapter}/{chapter}.c")).read_text()

    def test_promised_and_absent(self):
        text = self.solution("pool").replace("pool_close(pool *p)", "pool_shut(pool *p)")
        outcome, _ = self.judged("pool", "#include \"pool.h\"\nenum status pool_shut(pool *);\n" + text)
        self.assertIn("pool_close", outcome["message"])

    def test_promised_all_absent(self):
        outcome, _ = self.judged("waitgroup", "/* nothing yet */\n")
        self.assertIn("does not define `waitgroup_add`, ", outcome["message"])
        self.assertIn("chapters/0-waitgroup/waitgroup.h", outcome["message"])

    def test_promised_but_called(self):
        text = "#include \"waitgroup.h\"\nvoid f(waitgroup *w)\n{\n    waitgroup_wait(w);\n}\n"
        outcome, _ = self.judged("waitgroup", text)
        self.assertIn("Line 4 of", outcome["message"])
        self.assertIn("must define itself", outcome["message"])

    CALL = "#include \"{0}.h\"\nvoid pool_helper({1} *x)\n{{\n    {2}(x);\n}}\n"

    def test_earlier_chapter(self):
        text = self.solution("pool") + self.CALL.format("waitgroup", "waitgroup", "waitgroup_wait")
        outcome, status = self.judged("pool", text)
        self.assertEqual(status, 0, outcome)

    def test_later_chapter(self):
        text = self.solution("pool") + self.CALL.format("work", "work_pool", "work_free")
        outcome, status = self.judged("pool", text)
        self.assertEqual(status, 1)
        self.assertIn("uses `work_free`", outcome["message"])

    def test_header_of_its_own(self):
        (self.folder / "ring.h").write_text("/* own */\n__attribute__((weak)) int ring;\n")
        outcome, _ = self.judged("none", "#include \"ring.h\"\n")
        self.assertIn("ring.h has the attribute `weak`", outcome["message"])
        self.assertEqual(outcome["lines"][0]["line"], 2)

    def test_header_renumbers(self):
        (self.folder / "ring.h").write_text("int ring(void);\n#line 9\n")
        outcome, _ = self.judged("none", "#include \"ring.h\"\n")
        self.assertRegex(outcome["message"], r"Line 2 of \S*ring.h renumbers")

    def test_other_version_of_a_given_header(self):
        (self.folder / "must.h").write_text("#define MUST(call) (call)\n")
        outcome, _ = self.judged("none", "int a;\n#include \"must.h\"\n")
        self.assertIn("differs from the workbook's chapters/support/must.h", outcome["message"])

    def test_copy_of_a_given_header(self):
        given = (ROOT / "chapters/support/must.h").read_text()
        (self.folder / "must.h").write_text(given)
        outcome, status = self.judged("none", "#include \"must.h\"\n")
        self.assertEqual(status, 0, outcome)

    def test_copy_of_the_whole_tree(self):
        given = (ROOT / "chapters/support/must.h").read_text()
        (self.folder / "support").mkdir()
        (self.folder / "support/must.h").write_text(given)
        self.folder = self.folder / "2-pool"
        self.folder.mkdir()
        outcome, status = self.judged("none", "#include \"../support/must.h\"\n")
        self.assertEqual(status, 0, outcome)

    def test_given_header_defines_nothing_that_is_refused(self):
        names = "logline must status step waitgroup runner pool work".split()
        text = "".join(f'#include "{name}.h"\n' for name in names)
        outcome, status = self.judged("none", text + "int answer;\n")
        self.assertEqual(status, 0, outcome)


class Command(unittest.TestCase):
    """The command line, the outcome file, and files that hurt the compiler."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "new" / "pool.admit.json"

    def run_gate(self, source, cc="gcc", chapter="none"):
        command = [sys.executable, TOOL / "admit.py", "--cc", cc, "--chapter", chapter,
                   "--out", self.out, source, "--", *FLAGS]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        return done, json.loads(self.out.read_text())

    def hostile(self, text, words, cc="gcc"):
        source = self.folder / "hostile.c"
        source.write_text(text)
        done, outcome = self.run_gate(source, cc)
        self.assertEqual((done.returncode, outcome["verdict"]), (1, "build"), outcome)
        self.assertIn(words, outcome["message"])
        self.assertEqual(source.read_text(), text)

    def test_admitted(self):
        done, outcome = self.run_gate("solutions/2-pool/pool.c", chapter="pool")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(
            outcome,
            {"chapter": "pool", "admitted": True, "verdict": "pass", "message": "", "lines": [],
             "diagnostics": "", "warnings": []},
        )
        self.assertEqual([p.name for p in self.out.parent.iterdir()], ["pool.admit.json"])

    def test_refused(self):
        source = "tests/harness/admit/refused/calls_exit.c"
        done, outcome = self.run_gate(source)
        self.assertEqual(done.returncode, 1)
        entry = outcome["lines"][0]
        self.assertEqual((entry["file"], entry["line"]), (source, 8))
        self.assertEqual(entry["function"], "pool_answer")
        self.assertTrue(entry["text"].startswith("exit(said[0]);"))

    def test_compile_error_is_attached(self):
        for cc in COMPILERS:
            done, outcome = self.run_gate("tests/harness/admit/refused/compile_error.c", cc)
            self.assertEqual(outcome["lines"][0]["function"], "answer")
            self.assertIn("error: expected ';'", outcome["diagnostics"])
            if cc == "gcc":  # clang does not look on
                self.assertIn("'unused_helper'", outcome["warnings"][0]["text"])

    def test_warnings_do_not_refuse(self):
        source = self.folder / "warned.c"
        source.write_text("int answer(int n)\n{\n    int unused;\n    return n;\n}\n")
        for cc in COMPILERS:
            done, outcome = self.run_gate(source, cc)
            self.assertEqual(done.returncode, 0)
            (warning,) = outcome["warnings"]
            self.assertEqual((warning["line"], warning["function"]), (3, "answer"))
            self.assertIn("unused variable", warning["text"])
            self.assertIn("unused variable", outcome["diagnostics"])

    def test_no_compiler(self):
        done, outcome = self.run_gate("solutions/2-pool/pool.c", cc="no-such-cc")
        self.assertEqual((done.returncode, outcome["verdict"]), (2, "environment"))
        self.assertIn("no-such-cc does not start", outcome["message"])

    def test_endless_include(self):
        for cc in COMPILERS:
            self.hostile('#include "hostile.c"\nint a;\n', "is not a header", cc)

    def test_device(self):
        for cc in COMPILERS:
            self.hostile('#include "/dev/zero"\nint a;\n', "is not a header", cc)

    def test_endless_own_header(self):
        (self.folder / "again.h").write_text('#include "again.h"\n')
        for cc in COMPILERS:
            self.hostile('#include "again.h"\n', "nested", cc)

    def test_growing_macro(self):
        doubling = "".join(f"#define A{n + 1} A{n} A{n}\n" for n in range(20))
        for cc in COMPILERS:
            self.hostile("#define A0 int;\n" + doubling + "A20\n", "too much for the compiler", cc)

    def test_huge_array(self):
        for cc in COMPILERS:
            self.hostile("char a[1 << 24] = {1};\n", "too much for the compiler", cc)

    def test_compiler_that_never_ends(self):
        fifo, source = self.folder / "fifo.h", self.folder / "waits.c"
        os.mkfifo(fifo)
        source.write_text(f'#define FILE "{fifo}"\n#include FILE\n')
        self.addCleanup(setattr, admit, "SECONDS", admit.SECONDS)
        admit.SECONDS = 1
        outcome, status = judged(source)
        self.assertEqual(status, 1)
        self.assertIn("too much for the compiler", outcome["message"])


if __name__ == "__main__":
    unittest.main()
