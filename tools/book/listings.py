#!/usr/bin/env python3
"""The book's listings, logs, tables and outputs: real ones (make listings).

    listings.py write [--quick]      write those of book.md anew that differ
    listings.py check [--quick]      say which have drifted

--quick leaves out what only a run of the grader can tell. What the directives
mean is said in CONTRIBUTING.md.
"""

import argparse
import re
import textwrap
from pathlib import Path

import bookfile
import csource
import errors
import faults
import files
import manifest as manifests
import markers
import student
from errors import BookError, CallError

BOOK = "book.md"
SLOW = ("interleaving", "verdict", "failure", "output")
SOLUTIONS = "solutions/"
_STEP = re.compile(r"([a-z][a-z0-9_]*\.[1-9][0-9]*)(?::([1-9]))?")
_LINES = re.compile(r"([1-9][0-9]*)-([1-9][0-9]*)")


class Maker:
    """Makes the block of each kind of directive."""

    def __init__(self, manifest):
        self.manifest = manifest
        self.root = manifest.root
        self._copy = None
        self._failures = {}  # wrong solution -> (what is printed, its results)

    @property
    def copy(self):
        """The student's copy; laid out when it is first needed."""
        if self._copy is None:
            self._copy = student.Copy(self.manifest)
        return self._copy

    def make(self, directive):
        """A directive's block."""
        return getattr(self, directive.kind)(*self._words(directive))

    def _words(self, directive):
        least, most = {"listing": (1, 2), "log": (1, 2), "output": (1, 99)}.get(
            directive.kind, (1, 1)
        )
        if not least <= len(directive.words) <= most:
            raise CallError(f"takes {least} to {most} words" if most > 1 else "takes one word")
        return directive.words

    def listing(self, path, name=""):
        """A step's region, one definition or declaration, or a whole file."""
        text = self._source(path)
        step = _STEP.fullmatch(name)
        if step:
            code = csource.tidy(self._regions(path, *step.groups()))
        elif name:
            code = csource.without_docs(csource.named(text, name, path))
        else:
            code = csource.without_first_comment(text)
        code = csource.narrow(csource.tidy(code), bool(step), self.root)
        errors.raise_all(csource.too_wide(code, None, None))
        return f"```c\n{code}\n```"

    def _source(self, path):
        """A file's text, without step markers; of a patch, the wrong solution."""
        if path.startswith(faults.FOLDER):
            fault = faults.load(self.root / path, self.root)
            return student.wrong_text(fault, self.root)
        return csource.without_markers(self._read(path))

    def _read(self, path):
        if not (self.root / path).is_file():
            raise CallError(f"there is no file {path}")
        return files.read_text(self.root / path, self.root)

    def _regions(self, path, step, number):
        """The code of a step's regions, or of one of them."""
        if not path.startswith(SOLUTIONS):
            raise CallError(f"{path} is no solution: it has no regions")
        solution = markers.parse_file(self.root / path, self.root)
        found = [region for region in solution.regions if region.step == step]
        if number:
            found = found[int(number) - 1 : int(number)]
        if not found:
            raise CallError(f"{path} has no region {step}{':' + number if number else ''}")
        code = (csource.tidy("\n".join(text for _, text in region.code)) for region in found)
        return "\n\n".join(code)

    def log(self, path, lines=""):
        """A log, or some of its lines."""
        text = self._read(path).removesuffix("\n").split("\n")
        if lines:
            match = _LINES.fullmatch(lines)
            if not match:
                raise CallError(f"'{lines}' is no range of lines, as in 1-20")
            first, last = map(int, match.groups())
            if not first <= last <= len(text):
                raise CallError(f"{path} has lines 1-{len(text)}, not {lines}")
            text = text[first - 1 : last]
        return _as_text("\n".join(text))

    def output(self, *command):
        """What a command prints in a student's copy."""
        if command[0] != "make":
            raise CallError(f"'{' '.join(command)}' is no command of the workbook, which all begin with make")
        return _as_text(self.copy.run(" ".join(command)))

    def failure(self, name):
        """What a student who wrote that wrong solution is shown."""
        return _as_text(self._with_fault(name)[0])

    def verdict(self, name):
        """Of that, only the verdict and the lines that it names."""
        test = faults.find(name, self.root).test.split("/")[1]
        printed = self._with_fault(name)[0]
        excerpt = re.search(rf"^ +\w+ +{test} .*?(?=^ +again )", printed, re.M | re.S)
        if not excerpt:
            raise CallError(f"{name}: the grader shows no failure of {test}")
        return _as_text(textwrap.dedent(excerpt[0]).rstrip("\n"))

    def interleaving(self, name):
        """The failing interleaving alone."""
        test = self._with_fault(name)[1]
        for build in test["builds"]:
            if build["verdict"] == test["verdict"] and build["explored"]["table"]:
                return _as_text(build["explored"]["table"].rstrip("\n"))
        raise CallError(f"{name}: the grader shows no interleaving for {test['name']}")

    def _with_fault(self, name):
        if name not in self._failures:
            fault = faults.find(name, self.root)
            self._failures[name] = self.copy.with_fault(fault)
        return self._failures[name]

    def exercises(self, name):
        """The table of a chapter's steps."""
        chapter = self.manifest.chapter(name)
        rows = ["| step | what | points | tests |", "|---|---|--:|---|"]
        for step in chapter.steps:
            tests = ", ".join(f"`{test.short}` {test.points}" for test in step.tests)
            rows.append(f"| [{step.name}](#{step.book}) | {step.title} | {step.points} | {tests} |")
        return "\n".join(rows)


def _as_text(text):
    return f"```text\n{text}\n```"


def load(root):
    """The book, parsed."""
    return bookfile.Book(files.read_text(root / BOOK, root), BOOK)


def blocks(manifest, book, quick):
    """({directive's line: its block}, what is wrong with directives)."""
    maker = Maker(manifest)
    made, wrong = {}, list(book.errors)
    for directive in book.directives:
        if not _is_wanted(directive, manifest.root, quick):
            continue
        try:
            made[directive.line] = maker.make(directive)
        except BookError as error:
            several = getattr(error, "errors", [error])
            wrong += [book.error(str(one), directive.line) for one in several]
    return made, wrong


def _is_wanted(directive, root, quick):
    """A handout has no solutions, wrong ones or otherwise."""
    if directive.kind in SLOW and quick:
        return False
    needs_solutions = directive.kind in SLOW or (
        directive.words and directive.words[0].startswith((SOLUTIONS, faults.FOLDER))
    )
    return not needs_solutions or (root / SOLUTIONS).is_dir()


def write(manifest, quick):
    """Write what differs; returns what was done, in words."""
    book = load(manifest.root)
    made, wrong = blocks(manifest, book, quick)
    errors.raise_all(wrong)
    text = book.with_blocks(made)
    changed = sum(book.block(d) != made[d.line] for d in book.directives if d.line in made)
    if changed:
        files.write_whole(manifest.root / BOOK, text.encode())
    return f"{BOOK}: {changed} of {len(made)} blocks written anew"


def drift(manifest, quick):
    """Each block that is not what its directive makes; then the number looked at."""
    book = load(manifest.root)
    made, wrong = blocks(manifest, book, quick)
    for directive in book.directives:
        if directive.line in made:
            line = _first_difference(book, directive, made[directive.line])
            if line:
                wrong.append(
                    book.error(f"not what `{directive.name}` gives now: run `make listings`", line)
                )
    errors.raise_all(sorted(wrong, key=lambda error: error.line or 0))
    return len(made)


def _first_difference(book, directive, block):
    """The line at which a block differs, or None."""
    there, made = book.block(directive).split("\n"), block.split("\n")
    if there == made:
        return None
    pairs = zip([*there, None], [*made, None])
    return directive.start + 1 + next(i for i, (one, other) in enumerate(pairs) if one != other)


def main(argv):
    parser = argparse.ArgumentParser(prog="listings.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("verb", choices=["write", "check"])
    arguments = parser.parse_args(argv)
    manifest = manifests.load(arguments.root)
    if arguments.verb == "write":
        print(write(manifest, arguments.quick))
    else:
        print(f"{BOOK}: {drift(manifest, arguments.quick)} blocks are as they should be")
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
