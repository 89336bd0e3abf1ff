"""The chapters' small examples: each compiles, ends well, and keeps its word.

An example that is wrong on purpose says so in its first words. Every other one
runs without a report of the thread, address and undefined sanitizers.
"""

import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import here

sys.path.append(str(here.ROOT / "tests"))
import needs  # noqa: E402

EXAMPLES = sorted((here.ROOT / "chapters").glob("*/examples/*.c"))
SUPPORT = sorted((here.ROOT / "chapters/support").glob("*.c"))
WRONG = "/* WRONG on purpose"
FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-pthread", "-g", "-Ichapters/support",
         "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]  # fmt: skip
SECONDS = 300  # one that does not end; two threads that wait for each other take long where others run


def name(path):
    return str(path.relative_to(here.ROOT / "chapters"))


class Examples(unittest.TestCase):
    def trouble(self, compiler, sanitizers, path):
        """What is wrong with an example, in words; empty if nothing is."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / path.stem
            switch = [f"-fsanitize={sanitizers}"] if sanitizers else []
            built = subprocess.run(
                [compiler, *FLAGS, *switch, path, *SUPPORT, "-o", program],
                cwd=here.ROOT, capture_output=True, text=True,
            )  # fmt: skip
            if built.returncode != 0:
                return built.stderr
            try:
                ran = subprocess.run([program], capture_output=True, text=True, timeout=SECONDS)
            except subprocess.TimeoutExpired:
                return f"still runs after {SECONDS} s"
            if ran.returncode == 0 and ran.stdout:
                return ran.stderr
            return f"exit status {ran.returncode}\n{ran.stdout}{ran.stderr}"

    def all_well(self, compiler, sanitizers, examples):
        with ThreadPoolExecutor(2) as pool:
            told = pool.map(lambda path: self.trouble(compiler, sanitizers, path), examples)
        for path, trouble in zip(examples, told):
            with self.subTest(name(path)):
                self.assertEqual(trouble, "")

    def right(self):
        return [p for p in EXAMPLES if not p.read_text(encoding="utf-8").startswith(WRONG)]

    @needs.tool("clang")
    def test_each_ends_well(self):
        self.all_well("clang", "", EXAMPLES)

    @needs.tool("gcc")
    def test_right_ones_have_no_race(self):
        self.all_well("gcc", "thread", self.right())

    @needs.tool("gcc")
    def test_right_ones_use_memory_well(self):
        self.all_well("gcc", "address,undefined", self.right())


if __name__ == "__main__":
    unittest.main()
