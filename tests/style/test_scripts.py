"""Shell and Python: examined, executable, readable by the oldest Python meant."""

import ast
import os
import subprocess
import unittest

import sources
from sources import ROOT

import needs

OLDEST = (3, 10)


def scripts():
    """Files that begin with `#!`: {name: first line}."""
    found = {}
    for name in sources.tracked("*"):
        with open(ROOT / name, "rb") as stream:
            first = stream.readline()
        if first.startswith(b"#!"):
            found[name] = first.decode().strip()
    return found


class Scripts(unittest.TestCase):
    @needs.tool("shellcheck")
    def test_shell(self):
        shell = [name for name, first in scripts().items() if first.endswith("sh")]
        done = subprocess.run(["shellcheck", *shell], cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_python_is_old_enough(self):
        names = set(sources.tracked("*.py"))
        names |= {name for name, first in scripts().items() if "python" in first}
        for name in sorted(names):
            with self.subTest(name):
                ast.parse((ROOT / name).read_text(), name, feature_version=OLDEST)

    def test_commands_are_executable(self):
        for name in (".ci/run", "tests/run", "tools/setup", "tools/doctor"):
            with self.subTest(name):
                self.assertTrue(os.access(ROOT / name, os.X_OK))


if __name__ == "__main__":
    unittest.main()
