"""A student's copy of the workbook, in which commands are tried for the book.

It lies below build/, so what has been built there is built once.
"""

import json
import shlex
import subprocess

import csource
import environment
import faults
import files
import handout
import skeletons
from errors import CallError

FOLDER = "build/book/student"


class Copy:
    """The handout, laid out; every chapter is its untouched skeleton."""

    def __init__(self, manifest):
        self.manifest = manifest
        self.root = manifest.root / FOLDER
        packed = handout.contents(manifest)
        packed.pop("book.md", None)  # being written
        for path, (data, executable) in packed.items():
            self._put(path, data, 0o755 if executable else 0o644)
        self._forget(set(packed))

    def _put(self, name, data, mode=0o644):
        path = self.root / name
        if not path.is_file() or path.read_bytes() != data:
            files.write_whole(path, data, mode)

    def _forget(self, packed):
        """Remove what the workbook no longer has."""
        for path in self.root.rglob("*"):
            name = str(path.relative_to(self.root))
            if path.is_file() and name not in packed and not name.startswith("build/"):
                path.unlink()

    def run(self, command):
        """What a command of the workbook prints."""
        done = subprocess.run(
            shlex.split(command), cwd=self.root, env=environment.plain(), text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.stdout.rstrip("\n")

    def with_fault(self, fault):
        """(what is printed when a wrong solution's test is asked for, its results)."""
        chapter = self.manifest.chapter(fault.chapter)
        wrong = wrong_text(fault, self.manifest.root)
        student = f"{skeletons.CHAPTERS}/{chapter.file}"
        skeleton = (self.root / student).read_bytes()
        try:
            self._put(student, wrong.encode())
            printed = self.run(f"make check TEST={fault.test}")
            results = files.read_text(self.root / "build/results.json", self.manifest.root)
        finally:
            self._put(student, skeleton)
        return printed, _verdict(json.loads(results), fault)


def wrong_text(fault, root):
    """A wrong solution as a student would have written it, without step markers."""
    folder = root / "build/book/faults" / fault.name
    return csource.without_markers(files.read_text(faults.lay_out(fault, folder, root), root))


def _verdict(results, fault):
    """The entry of the test in a results file; it must say what the fault says."""
    tests = [t for c in results["chapters"] for s in c["steps"] for t in s["tests"]]
    [test] = [test for test in tests if test["name"] == fault.test]
    if test["verdict"] != fault.verdict:
        raise CallError(f"{fault.name}: {fault.test} says {test['verdict']}, not {fault.verdict}")
    return test
