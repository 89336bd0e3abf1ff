"""Wrong solutions: patches under tests/mutants/CHAPTER/, each with a header.

    Fault: what is wrong, in words
    Verdict: what the grader must say
    Test: the graded test that must say it
    Interleaving: yes, if only some interleavings fail
    Book: an anchor of book.md, then the sentence of its section that explains it
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import files
from errors import BookError, unknown

FOLDER = "tests/mutants"
HEADER = ("Fault", "Verdict", "Test", "Interleaving", "Book")


@dataclass
class Fault:
    """One wrong solution."""

    path: Path
    fault: str
    verdict: str
    test: str
    needs_interleaving: bool
    anchor: str  # of the section of the book that explains it
    sentence: str  # which does so

    @property
    def chapter(self):
        return self.path.parent.name

    @property
    def name(self):
        return f"{self.chapter}/{self.path.stem}"


def paths(root=files.ROOT):
    """{name: its patch}, all there are."""
    found = sorted((root / FOLDER).glob("*/*.patch"))
    return {f"{path.parent.name}/{path.stem}": path for path in found}


def find(name, root=files.ROOT):
    """The wrong solution of that name."""
    known = paths(root)
    if name not in known:
        raise unknown("wrong solution", name, known)
    return load(known[name], root)


def load(path, root=files.ROOT):
    """A patch with its header; a header that is not whole is an error."""
    shown = files.shown(path, root)
    fields = {}
    for number, line in enumerate(files.read_text(path, root).splitlines(), 1):
        if not line:
            break
        key, _, value = line.partition(": ")
        if key not in HEADER or not value:
            raise BookError(f"expected one of {', '.join(HEADER)}", shown, number)
        fields[key] = value
    missing = [key for key in HEADER if key not in fields]
    if missing:
        raise BookError(f"no line '{missing[0]}: …' above the patch", shown, 1)
    anchor, _, sentence = fields["Book"].partition(" ")
    return Fault(
        path, fields["Fault"], fields["Verdict"], fields["Test"],
        fields["Interleaving"] == "yes", anchor, sentence,
    )  # fmt: skip


def lay_out(fault, folder, root=files.ROOT):
    """Put the wrong solution into a folder of the chapters' shape; its path.

    The folder lies below `root`, which is how git is told about it.
    """
    [source] = (root / "solutions").glob(f"*/{fault.chapter}.c")
    target = folder / source.parent.name / source.name
    files.write_whole(target, files.read_bytes(source, root))
    done = subprocess.run(
        ["git", "apply", f"--directory={files.shown(folder, root)}", "-p2", str(fault.path)],
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise BookError(f"does not apply: {done.stderr.strip()}", files.shown(fault.path, root))
    return target
