"""What the manifest says, against the files that it speaks of."""

import re

import files
import markers
from errors import BookError

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_TABLE = re.compile(r"CU_TestInfo\b[^;{]*=\s*\{(.*?)CU_TEST_INFO_NULL", re.S)
_ENTRY = re.compile(r'\{\s*"([^"]*)"\s*,')
LOG_TEST = "log_of_"
_HEADING = re.compile(r"^#+\s+(.*?)\s*#*\s*$", re.M)
_ANCHOR = re.compile(r"""<a\s+(?:id|name)=["']([^"']+)["']|\{#([^}\s]+)\}""")


def all_errors(manifest):
    """Every check of this page, for `manifest.py check`."""
    yield from test_errors(manifest)
    yield from log_errors(manifest)
    yield from book_errors(manifest)
    yield from region_errors(manifest)


def test_errors(manifest):
    """Each test stands in its file's table, and each in a table is listed."""
    for source in sorted({test.source for test in manifest.tests}):
        listed = {t.short: t for t in manifest.tests if t.source == source and not t.log}
        shown = files.shown(source, manifest.root)
        try:
            written = tests_written(files.read_text(source, manifest.root))
        except BookError as error:
            yield error
            continue
        for name, test in listed.items():
            if name not in written:
                yield BookError(f"no test '{name}' is in the table of {shown}", *test.place)
        for name, line in written.items():
            if name not in listed:
                yield BookError(f"test '{name}' is not in the manifest", shown, line)


def log_errors(manifest):
    """Each page of rules that a test names is there, and its name says so: the
    Makefile builds a demo for such tests only."""
    for test in manifest.tests:
        if bool(test.log) != test.short.startswith(LOG_TEST):
            yield BookError(f"a test with a log is called {LOG_TEST}..., and no other is", *test.place)
        if test.log and not (manifest.root / f"tests/logs/{test.log}.rules").exists():
            yield BookError(f"there is no page tests/logs/{test.log}.rules", *test.place)


def tests_written(text):
    """Names in the CU_TestInfo table of a C file, each with its line."""
    bare = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    found = {}
    for table in _TABLE.finditer(bare):
        for entry in _ENTRY.finditer(table.group(1)):
            at = table.start(1) + entry.start(1)
            found[entry.group(1)] = bare.count("\n", 0, at) + 1
    return found


def book_errors(manifest):
    """Each chapter's and step's anchor exists in book.md."""
    try:
        text = files.read_text(manifest.root / "book.md", manifest.root)
    except BookError as error:
        yield error
        return
    anchors = book_anchors(text)
    for item in manifest.chapters + manifest.steps:
        if item.book not in anchors:
            yield BookError(f"book.md has no anchor '{item.book}'", *item.place)


def book_anchors(text):
    """Every name that a link into the book can end in."""
    anchors = {one or other for one, other in _ANCHOR.findall(text)}
    return anchors | {slug(heading) for heading in _HEADING.findall(text)}


def slug(heading):
    """A heading's anchor, as the usual Markdown hosts make it."""
    text = re.sub(r"<[^>]*>|\{#.*?\}", "", heading).strip().lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text))


def region_errors(manifest):
    """Each step has a region in its solution (where there are solutions)."""
    solutions = manifest.root / "solutions"
    if not solutions.is_dir():
        return
    for chapter in manifest.chapters:
        try:
            solution = markers.parse_file(solutions / chapter.file, manifest.root)
        except BookError as error:
            yield error
            continue
        yield from markers.step_errors(solution, chapter)
