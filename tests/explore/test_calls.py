"""Each call that the explorer models: its values, when it blocks, what the virtual
clock says, and which edges ThreadSanitizer sees; in every build. What must hold
stands in tests/explore/calls, one file for a family of calls."""

import os
import re
import shutil
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALLS = ROOT / "tests/explore/calls"
EXPLORE = ROOT / "tools/explore"
COMPILERS = [cc for cc in ("gcc", "clang") if shutil.which(cc)]
BUILDS = {"gcc": ("thread", "address", "plain"), "clang": ("thread", "address")}
ALONE = {"main", "accesses"}
PATIENCE = 120  # seconds for one file; each has its own watchdog


def run(*command, **more):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **more)


def build(compiler):
    wanted = " ".join(BUILDS[compiler])
    done = run("make", "-j2", "-f", "tests/explore/calls.mk", f"CC={compiler}", f"BUILDS={wanted}")
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)


def program(compiler, kind, name):
    return ROOT / "build/explore" / compiler / f"calls-{kind}" / name


class Calls(unittest.TestCase):
    def check_build(self, compiler, kind):
        build(compiler)
        names = sorted(path.stem for path in CALLS.glob("*.c") if path.stem not in ALONE)
        if kind == "thread":
            names.append("accesses")

        def examine(name):
            return name, run(program(compiler, kind, name), timeout=PATIENCE)

        with ThreadPoolExecutor(2) as pool:
            for name, done in pool.map(examine, names):
                with self.subTest(file=name):
                    wrong = [x for x in done.stdout.splitlines() if not x.startswith("ok ")]
                    self.assertEqual(wrong, [])
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr[-2000:])
                    self.assertIn("ok ", done.stdout)

    def test_gcc_thread(self):
        self.check_build("gcc", "thread")

    def test_gcc_address(self):
        self.check_build("gcc", "address")

    def test_gcc_plain(self):
        self.check_build("gcc", "plain")

    @unittest.skipUnless("clang" in COMPILERS, "there is no clang")
    def test_clang_thread(self):
        self.check_build("clang", "thread")

    @unittest.skipUnless("clang" in COMPILERS, "there is no clang")
    def test_clang_address(self):
        self.check_build("clang", "address")


class Library(unittest.TestCase):
    """What the linker is told is what there is."""

    def symbols(self, compiler):
        library = ROOT / "build/explore" / compiler / "library/explore.o"
        return run("nm", library, check=True).stdout

    def test_every_wrapper_is_named_and_every_name_has_one(self):
        build("gcc")
        made = set(re.findall(r" T __wrap_(\w+)", self.symbols("gcc")))
        named = (EXPLORE / "wrap.txt").read_text().split()
        self.assertEqual(len(named), len(set(named)))
        accesses = (EXPLORE / "accesses.txt").read_text().split()
        self.assertEqual(made, set(named) | set(accesses))

    def test_atomic_operations_are_jumped_to(self):
        """A call would put the wrapper's line into ThreadSanitizer's reports."""
        for compiler in COMPILERS:
            build(compiler)
            part = ROOT / "build/explore" / compiler / "library/parts/atomics.o"
            code = run("objdump", "-dr", "--no-show-raw-insn", part, check=True).stdout
            ways = re.findall(r"(call|jmp)\S*\s.*\n.*R_\w+\s+__real___tsan_", code)
            if os.uname().machine == "x86_64":
                self.assertGreater(len(ways), 50)
            self.assertNotIn("call", ways, compiler)


if __name__ == "__main__":
    unittest.main()
