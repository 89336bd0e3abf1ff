"""tools/doctor: says what is wrong with a machine, and what to do about it.

Faults are played by commands that stand before the real ones in PATH.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import here
from here import ROOT

import needs

NO_SANITIZER = """#!/bin/sh
case "$*" in *-fsanitize={which}*) echo "cannot find -l{which}" >&2; exit 1 ;; esac
PATH={path} {cc} "$@"
"""
# A compiler whose sanitized programs start only where addresses are fixed.
NEEDS_FIXED = """#!/bin/sh
PATH={path} {cc} "$@" || exit
case "$*" in *-fsanitize=thread*) ;; *) exit 0 ;; esac
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\n[ "$FIXED" = yes ] || {{ echo FATAL: unexpected memory mapping; exit 66; }}\\n' >"$2"
"""


@needs.tool("gcc", "make", "eu-stack", "setarch")
class Doctor(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def play(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)

    def doctor(self, status, **variables):
        path = f"{self.folder}:{os.environ['PATH']}"
        done = subprocess.run(
            [ROOT / "tools/doctor"], env={**here.PLAIN, "PATH": path, "CC": "gcc", **variables},
            capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_this_machine(self):
        said = self.doctor(0)
        self.assertTrue(said.endswith("doctor: this machine can build and grade\n"), said)
        self.assertRegex(said, r"(?m)^ok +ThreadSanitizer +starts")

    def test_no_such_compiler(self):
        said = self.doctor(2, CC="nocc")
        self.assertRegex(said, r"(?m)^problem +compiler +there is no nocc\n +-> tools/setup")
        self.assertTrue(said.endswith("doctor: 1 to be solved first\n"), said)

    def test_a_compiler_without_thread_sanitizer(self):
        self.play("gcc", NO_SANITIZER.format(which="thread", path=os.environ["PATH"], cc="gcc"))
        said = self.doctor(2)
        self.assertRegex(said, r"(?m)^problem +ThreadSanitizer +gcc has no library for it")
        self.assertRegex(said, r"(?m)^ok +AddressSanitizer")

    def test_fixed_addresses_help(self):
        self.play("gcc", NEEDS_FIXED.format(path=os.environ["PATH"], cc="gcc"))
        self.play("setarch", '#!/bin/sh\nshift\nFIXED=yes exec "$@"\n')
        said = self.doctor(0)
        self.assertRegex(said, r"(?m)^ok +ThreadSanitizer +starts with fixed addresses")

    def test_a_container_forbids_fixed_addresses(self):
        self.play("gcc", NEEDS_FIXED.format(path=os.environ["PATH"], cc="gcc"))
        self.play("setarch", "#!/bin/sh\nexit 1\n")
        said = self.doctor(2)
        self.assertRegex(said, r"(?m)^problem +ThreadSanitizer +does not start: FATAL")
        self.assertIn("seccomp=unconfined", said)

    def test_an_old_python(self):
        self.play("python3", "#!/bin/sh\n[ $1 = --version ] && echo Python 3.8.1 || exit 1\n")
        said = self.doctor(2)
        self.assertIn("Python 3.8.1 is too old", said)

    def test_an_old_make(self):
        self.play("make", "#!/bin/sh\necho GNU Make 3.81\n")
        self.assertIn("GNU Make 3.81 is too old", self.doctor(2))

    def test_ptrace_is_forbidden(self):
        self.play("eu-stack", "#!/bin/sh\nexit 1\n")
        said = self.doctor(0)
        self.assertRegex(said, r"(?m)^note +stacks +ptrace is forbidden")

    def test_a_single_core(self):
        self.play("nproc", "#!/bin/sh\necho 1\n")
        self.assertRegex(self.doctor(0), r"(?m)^note +cores +1: ")


if __name__ == "__main__":
    unittest.main()
