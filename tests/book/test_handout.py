"""The handout: complete, reproducible, and silent about the solutions."""

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

import here
import leaks
import markers

SKELETON = "chapters/1-adder/adder.c"
GIVES_AWAY = """\
    int sum = a;

    sum = sum + b;
    report_sum(sum);
"""


class Handout(here.Workbook):
    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "main")
        self.tool("skeletons.py", "write")
        self.put("tests/mutants/adder.patch", "a fault\n")
        self.put("tests/mutation/derive.py", "a tool\n")
        self.put("tests/variants/1-adder/adder.c", "int other;\n")
        self.put("README.md", "# Read me\n")
        self.put("tools/run", "#!/bin/sh\n").chmod(0o755)
        self.commit()

    def git(self, *arguments):
        settings = ["user.name=A", "user.email=a@example.org", "commit.gpgsign=false"]
        options = [word for setting in settings for word in ("-c", setting)]
        command = ["git", "-C", self.root, *options, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "All")

    def pack(self, status=0):
        return self.tool("handout.py", "--out", self.root / "out", status=status)

    def packed(self):
        """The archive's bytes."""
        self.pack()
        (path,) = (self.root / "out").glob("workbook-*.tar.gz")
        data = path.read_bytes()
        path.unlink()
        return data

    def members(self):
        """{path without the top folder: content}."""
        with tarfile.open(fileobj=io.BytesIO(self.packed())) as tar:
            return {
                m.name.split("/", 1)[1]: tar.extractfile(m).read().decode() for m in tar
            }

    def unpack(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with tarfile.open(fileobj=io.BytesIO(self.packed())) as tar:
            tar.extractall(folder.name)
        (top,) = Path(folder.name).iterdir()
        return top

    def test_what_is_in_it(self):
        packed = self.members()
        self.assertIn("README.md", packed)
        self.assertIn("tests/adder_test.c", packed)
        self.assertRegex(packed["tools/VERSION"], r"^[0-9a-f]{7,}\n$")
        for path in packed:
            self.assertNotRegex(path, r"^(solutions|tests/mutants|tests/mutation|tests/variants|\.git)/")
        self.assertTrue(os.access(self.unpack() / "tools/run", os.X_OK))

    def test_untracked_files_stay_here(self):
        self.put("notes.txt", "grades\n")
        self.put(f"{SKELETON}.2026-11-23-1", "int mine;\n")
        self.assertEqual([p for p in self.members() if "notes" in p or "-1" in p[-2:]], [])

    def test_skeletons_are_fresh(self):
        fresh = self.read(SKELETON)
        self.put(SKELETON, "int mine;\n")
        packed = self.members()
        self.assertEqual(packed[SKELETON], fresh)
        self.assertEqual(packed["tools/book/pristine/1-adder/adder.c"], fresh)
        self.assertEqual(self.read(SKELETON), "int mine;\n")

    def test_same_bytes_each_time(self):
        first = self.packed()
        os.utime(self.root / "README.md", (1, 1))
        (self.root / "README.md").chmod(0o600)
        self.assertEqual(first, self.packed())

    def test_answers_are_left_out(self):
        text = here.BOOK_TEXT + (
            "## Answers\nsecret\n```c\n# no heading\n```\n### More\nsecret\n## Index\nlast\n"
        )
        self.put("book.md", text)
        self.assertEqual(self.members()["book.md"], here.BOOK_TEXT + "## Index\nlast\n")

    def refused(self, path, text):
        self.put(path, text)
        self.git("add", "-A")
        error = self.pack(status=1)
        self.assertIn(f"{path}:", error)
        self.assertIn("gives adder.1 away: the lines of solutions/1-adder/adder.c:", error)
        self.assertFalse((self.root / "out").exists())

    def test_a_test_that_gives_it_away(self):
        self.refused("tests/other.c", f"int f(void)\n{{\n{GIVES_AWAY}}}\n")

    def test_a_patch_that_gives_it_away(self):
        self.refused("docs/a.patch", "".join(f"-{x}\n" for x in GIVES_AWAY.split("\n")))

    def test_a_listing_that_gives_it_away(self):
        self.refused("notes.md", "".join(f"> {x.strip()}\n" for x in GIVES_AWAY.split("\n")))

    def test_the_book_outside_its_answers(self):
        self.refused("book.md", here.BOOK_TEXT + GIVES_AWAY)

    def test_no_git(self):
        shutil.rmtree(self.root / ".git")
        error = self.pack(status=2)
        self.assertEqual(error, "a handout is packed from a git repository; this is none\n")

    def test_of_a_handout(self):
        self.root = self.unpack()
        self.assertIn("this is a handout already", self.pack(status=2))

    def test_reset_in_a_handout(self):
        self.root = self.unpack()
        fresh = self.read(SKELETON)
        self.assertIn("untouched", self.tool("skeletons.py", "reset", "adder"))
        self.put(SKELETON, "int mine;\n")
        self.assertIn("yours is kept as", self.tool("skeletons.py", "reset", "adder"))
        self.assertEqual(self.read(SKELETON), fresh)
        self.assertIn("no solutions here", self.tool("skeletons.py", "check"))
        self.assertIn("2 tests", self.tool("manifest.py", "check"))


class Leaks(unittest.TestCase):
    def found(self, text):
        solution = markers.parse(here.ADDER, "adder.c")
        return list(leaks.Watch([solution]).leaks(text.encode()))

    def test_the_skeleton_itself(self):
        self.assertEqual(self.found(markers.parse(here.ADDER, "adder.c").skeleton()), [])

    def test_three_lines_in_a_row(self):
        (leak,) = self.found("\n" + GIVES_AWAY)
        self.assertEqual((leak.line, leak.source_line, leak.step), (2, 15, "adder.1"))

    def test_two_lines_of_a_longer_region(self):
        self.assertEqual(self.found("int sum = a;\nsum = sum + b;\n"), [])

    def test_braces_comments_and_blank_lines_do_not_hide_it(self):
        hidden = "int sum = a;\n{\n/* so */\nsum  =  sum + b;\n}\n\n// x\nreport_sum(sum);\n"
        self.assertEqual(len(self.found(hidden)), 1)

    def test_binary_data(self):
        self.assertEqual(self.found("\x00\ufffd"), [])


class TheRealOne(unittest.TestCase):
    """The workbook's own handout, unpacked into an empty folder."""

    def test_make_check(self):
        import handout
        import manifest

        if not (here.ROOT / "solutions").is_dir() or not (here.ROOT / "Makefile").exists():
            self.skipTest("needs the solutions and the Makefile")
        with tempfile.TemporaryDirectory() as folder:
            path, _ = handout.pack(manifest.load(), Path(folder))
            with tarfile.open(path) as tar:
                tar.extractall(folder)
            path.unlink()
            (top,) = Path(folder).iterdir()
            environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
            done = subprocess.run(
                ["make", "check"], cwd=top, env=environment, capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            results = json.loads((top / "build/results.json").read_text())
            self.assertEqual(results["score"]["points"], 0)
            self.assertEqual(results["score"]["of"], manifest.load().points)


if __name__ == "__main__":
    unittest.main()
