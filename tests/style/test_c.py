"""The workbook's C: formatted, without warnings, and passed by clang-tidy."""

import os
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

import sources
from sources import ROOT

import needs

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]


def call(*command):
    """A command's output, stderr included; empty if it succeeds."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def call_all(commands):
    """The outputs of those of many commands that fail."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return "\n".join(filter(None, pool.map(lambda c: call(*c), commands)))


class Style(unittest.TestCase):
    def setUp(self):
        self.skeletons = sources.skeletons()
        students = sources.students()
        self.ours = [name for name in sources.tracked("*.c") if name not in students]

    def quiet(self, said):
        """Nothing was said; else it is shown whole."""
        if said:
            self.fail("\n" + said)

    @needs.tool("clang-format")
    def test_formatted(self):
        files = self.ours + sources.tracked("*.h") + self.skeletons
        self.quiet(call("clang-format", "--dry-run", "-Werror", *files))

    @needs.tool("clang-tidy")
    def test_examined(self):
        commands = [
            ["clang-tidy", "--quiet", name, "--", *sources.flags(name)] for name in self.ours
        ]
        self.quiet(call_all(commands))

    def warnings(self, compiler):
        commands = [
            [compiler, *sources.flags(name), *STRICT, "-fsyntax-only", name]
            for name in self.ours + self.skeletons
        ]
        return call_all(commands)

    @needs.tool("gcc")
    def test_no_warning_of_gcc(self):
        self.quiet(self.warnings("gcc"))

    @needs.tool("clang")
    def test_no_warning_of_clang(self):
        self.quiet(self.warnings("clang"))


if __name__ == "__main__":
    unittest.main()
