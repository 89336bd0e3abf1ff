#!/usr/bin/env python3
"""The manifest: chapters, steps, tests, points, hints and book sections.

    manifest.py check                      the manifest and what it names
    manifest.py names chapters|steps|tests one name a line
    manifest.py step|test NAME             says nothing if there is such a one
    manifest.py hint [CHAPTER [STEP]]      the next hint (make hint)

`--more DIR` adds an instructor's own tests: DIR/manifest.json with
DIR/<chapter>_test.c.
"""

import argparse
import difflib
import sys
from dataclasses import dataclass, field
from pathlib import Path

import errors
import files
import jsonpos
import jsonschema
from errors import BookError

POINTS_OF_A_CHAPTER = 100
FEW = 8  # names that can be listed in one line
MANIFEST = "tests/manifest.json"
SCHEMA = "tests/manifest.schema.json"


@dataclass
class Test:
    """One graded test."""

    name: str  # as a person writes it: "pool/close_twice"
    chapter: str
    step: str
    points: int
    limit: float | None  # seconds it may compute, or wait, if not the default
    schedules: int | None  # how many the explorer runs, if not the default
    source: Path  # the file that it stands in
    place: tuple  # file and line in the manifest, for errors
    log: str | None = None  # the demo is played against this page of tests/logs

    @property
    def short(self):
        """The name in CUnit's registry: "close_twice"."""
        return self.name.split("/")[1]


@dataclass
class Step:
    """One small part of a chapter's exercise."""

    name: str  # "pool.3"
    chapter: str
    title: str
    hints: list
    book: str  # anchor in book.md
    place: tuple
    tests: list = field(default_factory=list)

    @property
    def points(self):
        return sum(test.points for test in self.tests)


@dataclass
class Chapter:
    """One exercise: a folder with one file for the student to fill in."""

    name: str  # "pool"
    folder: str  # "2-pool"
    source: str  # "pool.c"
    title: str
    book: str
    place: tuple
    steps: list = field(default_factory=list)

    @property
    def tests(self):
        return [test for step in self.steps for test in step.tests]

    @property
    def points(self):
        return sum(step.points for step in self.steps)

    @property
    def file(self):
        """The student's file below a folder of the chapters' shape."""
        return f"{self.folder}/{self.source}"


class Manifest:
    """All chapters, in order, and look-ups that answer a wrong name in words."""

    def __init__(self, root=files.ROOT):
        self.root = Path(root)
        self.chapters = []

    @property
    def steps(self):
        return [step for chapter in self.chapters for step in chapter.steps]

    @property
    def tests(self):
        return [test for chapter in self.chapters for test in chapter.tests]

    @property
    def points(self):
        return sum(chapter.points for chapter in self.chapters)

    def chapter(self, name):
        """The chapter of that name; also found by its folder's name."""
        for chapter in self.chapters:
            if name in (chapter.name, chapter.folder):
                return chapter
        raise errors.unknown("chapter", name, [c.name for c in self.chapters])

    def step(self, name):
        """The step of that name; the known ones are listed if there is none."""
        return _find("step", name, self.steps, name.split(".")[0])

    def test(self, name):
        """The test of that name; the known ones are listed if there is none."""
        if any(step.name == name for step in self.steps):
            raise errors.CallError(f"{name} is a step, no test; STEP={name} takes all its tests")
        return _find("test", name, self.tests, name.split("/")[0])


def _find(kind, name, items, chapter):
    for item in items:
        if item.name == name:
            return item
    known = [item.name for item in items]
    # A test's name without its chapter: those it may mean.
    meant = [item for item in known if item.endswith(f"/{name}")]
    inside = [item.name for item in items if item.chapter == chapter]
    among = meant or inside or known
    if len(among) <= FEW:
        raise errors.unknown(kind, name, among)
    near = difflib.get_close_matches(name, among, 3, 0)
    raise errors.CallError(
        f"no {kind} is called '{name}'; the nearest: {' '.join(near)}"
        f" (all of them: python3 tools/book/manifest.py names {kind}s)"
    )


def load(root=files.ROOT, more=()):
    """Read and validate the workbook's manifest, and instructors' own ones.

    Raises a BookError whose text is one line, `file:line: message`, per fault.
    """
    root = Path(root)
    schema = jsonschema.Schema.load(root / SCHEMA)
    document = _document(root / MANIFEST, root)
    jsonschema.check_document(document, schema)
    manifest = Manifest(root)
    errors.raise_all(_Reader(manifest, document, root / "tests").chapters())
    for folder in more:
        _add(manifest, Path(folder), schema)
    return manifest


def _document(path, root):
    return jsonpos.parse(files.read_text(path, root), files.shown(path, root))


def _add(manifest, folder, schema):
    """Add an instructor's tests to the chapters that they name."""
    document = _document(folder / "manifest.json", manifest.root)
    jsonschema.check_document(document, schema, "additions")
    errors.raise_all(_Reader(manifest, document, folder).additions())


class _Reader:
    """Turns a document that fits the schema into chapters, steps and tests."""

    def __init__(self, manifest, document, folder):
        self.manifest = manifest
        self.document = document
        self.folder = folder

    def place(self, part):
        return self.document.path, self.document.line(part)

    def chapters(self):
        """Add every chapter; yield what is wrong with them."""
        for index, data in enumerate(self.document.value["chapters"]):
            part = ("chapters", index)
            yield from self.unique("chapter", data["name"], self.manifest.chapters, part)
            chapter = Chapter(
                data["name"], data["folder"], data["source"], data["title"],
                data["book"], self.place(part + ("name",)),
            )  # fmt: skip
            self.manifest.chapters.append(chapter)
            yield from self.steps(chapter, data, part)
            if chapter.points not in (0, POINTS_OF_A_CHAPTER):
                yield BookError(
                    f"the points of chapter '{chapter.name}' sum to {chapter.points},"
                    f" must be {POINTS_OF_A_CHAPTER}, or 0: not graded yet",
                    *chapter.place,
                )

    def steps(self, chapter, data, part):
        for number, step_data in enumerate(data["steps"], 1):
            here = part + ("steps", number - 1)
            wanted = f"{chapter.name}.{number}"
            if step_data["name"] != wanted:
                yield self.document.error(
                    f"step '{step_data['name']}' is out of order: '{wanted}' is next",
                    here + ("name",),
                )
            yield from self.step(chapter, step_data, here)

    def step(self, chapter, data, part):
        step = Step(
            data["name"], chapter.name, data["title"], data["hint"], data["book"],
            self.place(part + ("name",)),
        )  # fmt: skip
        chapter.steps.append(step)
        yield from self.tests(step, data, part)

    def tests(self, step, data, part):
        for index, test_data in enumerate(data["tests"]):
            here = part + ("tests", index, "name")
            name = f"{step.chapter}/{test_data['name']}"
            yield from self.unique("test", name, self.manifest.tests, here)
            source = self.folder / f"{step.chapter}_test.c"
            step.tests.append(
                Test(name, step.chapter, step.name, test_data["points"],
                     test_data.get("limit"), test_data.get("schedules"), source, self.place(here),
                     test_data.get("log"))
            )  # fmt: skip

    def unique(self, kind, name, known, part):
        for item in known:
            if item.name == name:
                yield self.document.error(
                    f"a {kind} '{name}' exists already, at"
                    f" {item.place[0]}:{item.place[1]}",
                    part,
                )

    def additions(self):
        """Add an instructor's tests; the chapters and their steps exist."""
        for index, data in enumerate(self.document.value["chapters"]):
            part = ("chapters", index)
            try:
                chapter = self.manifest.chapter(data["name"])
            except BookError as error:
                yield self.document.error(error.message, part + ("name",))
                continue
            for number, step_data in enumerate(data["steps"]):
                yield from self.addition(chapter, step_data, part + ("steps", number))

    def addition(self, chapter, data, part):
        for step in chapter.steps:
            if step.name == data["name"]:
                yield from self.tests(step, data, part)
                return
        known = " ".join(step.name for step in chapter.steps)
        yield self.document.error(
            f"no step is called '{data['name']}'; there are: {known}", part + ("name",)
        )


def _check(manifest):
    # Imported late: these modules import this one.
    import manifest_checks

    errors.raise_all(manifest_checks.all_errors(manifest))
    print(
        f"manifest: {len(manifest.chapters)} chapters, {len(manifest.steps)} steps,"
        f" {len(manifest.tests)} tests, {manifest.points} points"
    )


def _hint(manifest, arguments):
    import hint

    impl = Path(arguments.impl)
    print(hint.next_hint(manifest, arguments.chapter, arguments.step, impl))


def _parser():
    parser = argparse.ArgumentParser(prog="manifest.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("--more", metavar="DIR", action="append", default=[])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check")
    names = verbs.add_parser("names")
    names.add_argument("kind", choices=["chapters", "steps", "tests"])
    verbs.add_parser("step").add_argument("name")
    verbs.add_parser("test").add_argument("name")
    hint = verbs.add_parser("hint")
    hint.add_argument("chapter", nargs="?", default="")
    hint.add_argument("step", nargs="?", default="")
    hint.add_argument("--impl", default="chapters")
    return parser


def main(argv):
    arguments = _parser().parse_args(argv)
    manifest = load(arguments.root, arguments.more)
    if arguments.verb == "check":
        _check(manifest)
    elif arguments.verb == "hint":
        _hint(manifest, arguments)
    elif arguments.verb in ("step", "test"):
        getattr(manifest, arguments.verb)(arguments.name)
    else:
        for item in getattr(manifest, arguments.kind):
            print(item.name)
    return errors.EXIT_OK


if __name__ == "__main__":
    sys.modules["manifest"] = sys.modules["__main__"]
    errors.run(main)
