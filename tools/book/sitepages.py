"""The site's pages, as Markdown for Doxygen: the book's chapters, the exercises,
the tools' insides; for instructors also solutions, marking and mistakes."""

import ast
import html
import re
from dataclasses import dataclass, field

import answers
import bookfile
import csource
import faults
import files
import listings
import manifest_checks
from errors import BookError

EDITIONS = ("student", "instructor")
INTERFACES = {
    "The chapters": "chapters/[0-9]*/*.h",
    "Given code": "chapters/support/*.h",
    "For graded tests": "tools/harness/harness.h",
    "The explorer": "tools/explore/explore.h",
}
SECTIONS = 3  # from so many on a page has a table of contents
_COMMENT_LINE = re.compile(r"<!--.*?-->")
_ANCHOR = re.compile(r'<a id="([^"]*)"></a>')
_FENCE = re.compile(r"(```+)(\w*)\s*$")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]*)\)")
_FIRST_WORDS = re.compile(r"\s*/\*\*?\s*(?:@file \S+\s*)?(.*?)(?:\n\s*\*\s*\n|\*/)", re.S)


@dataclass
class Page:
    """One page: `name`.html."""

    name: str
    title: str
    text: str = ""
    part: str = "Book"
    anchors: dict = field(default_factory=dict)  # as in book.md -> in this page
    lines: list = field(default_factory=list)  # of book.md: (number, text)


class BookPages:
    """book.md as pages, one for each `##` and each `###` of the Answers."""

    def __init__(self, manifest, edition):
        self.root = manifest.root
        self.book = listings.load(self.root)
        self.edition = edition
        self.pages = []
        self._split()

    def _split(self):
        """Cut the text; find out on which page each anchor is."""
        first, last = answers.part_of(self.book)
        # `#` in a fenced block is no heading.
        depths = {h.line: h for h in self.book.headings()}
        page, lines = Page("index", "", part=""), []
        for number, line in enumerate(self.book.lines, 1):
            hidden = first <= number <= last
            if hidden and self.edition == "student":
                continue
            heading = depths.get(number)
            opens = heading and (heading.depth <= 2 or (hidden and heading.depth == 3))
            if opens and heading.depth > 1:
                self._close(page, lines)
                slug = manifest_checks.slug(heading.text)
                page, lines = Page(f"book-{slug}", heading.text), []
                page.part = "Answers" if hidden else "Book"
            if heading and heading.depth == 1:
                page.title = heading.text
            lines.append((number, line))
        self._close(page, lines)

    def _close(self, page, lines):
        page.lines = lines
        labels = set()
        for number, line in lines:
            for anchor in _ANCHOR.findall(line):
                page.anchors[anchor] = anchor
            if line.startswith("#") and not self.book.fenced[number - 1]:
                slug = manifest_checks.slug(line.lstrip("#"))
                label = f"{page.name}-{slug}"
                while label in labels:
                    label += "-"
                labels.add(label)
                page.anchors.setdefault(slug, "" if number == lines[0][0] else label)
        self.pages.append(page)

    def target(self, anchor):
        """Where a link to an anchor of book.md leads."""
        for page in self.pages:
            if anchor in page.anchors:
                inside = page.anchors[anchor]
                return f"{page.name}.html" + (f"#{inside}" if inside else "")
        return None

    def write(self):
        """Fill in each page's text; each leads to the next."""
        for page, after in zip(self.pages, [*self.pages[1:], None]):
            page.text = self._text(page)
            if after:
                page.text += f"\n\nNext: [{after.title}]({after.name}.html)"
        return self.pages

    def _text(self, page):
        sections = [line for _, line in page.lines[1:] if line.startswith("#")]
        out, labels = ["[TOC]" if len(sections) >= SECTIONS else ""], set()
        depth = len(page.lines[0][1]) - len(page.lines[0][1].lstrip("#"))  # the page's own
        for number, line in page.lines[1:]:
            if self.book.fenced[number - 1]:
                out.append(self._fence(line))
            elif re.match(r"#{1,6} ", line):
                out.append(self._heading(page, line, depth, labels))
            else:
                out.append(line)
        return self._inline("\n".join(out), page)

    @staticmethod
    def _fence(line):
        match = _FENCE.match(line)
        if not match:
            return line
        language = {"c": "{.c}", "": ""}.get(match.group(2), "{.unparsed}")
        return "~~~~" + language

    @staticmethod
    def _heading(page, line, depth, labels):
        marks, title = line.split(" ", 1)
        label = f"{page.name}-{manifest_checks.slug(title)}"
        while label in labels:
            label += "-"
        labels.add(label)
        return f"{marks[depth:]} {title} {{#{label}}}"

    def _inline(self, text, page):
        """Links, anchors and pictures; code is left alone."""
        parts = re.split(r"(^~~~~.*?^~~~~$)", text, flags=re.S | re.M)
        for index in range(0, len(parts), 2):
            part = _COMMENT_LINE.sub("", parts[index])
            part = _IMAGE.sub(lambda m: self._picture(m.group(1), m.group(2)), part)
            part = _LINK.sub(lambda m: self._link(m.group(1), m.group(2), page), part)
            parts[index] = _ANCHOR.sub(r'@htmlonly<a id="\1"></a>@endhtmlonly ', part)
        return "".join(parts)

    def _link(self, words, target, page):
        if re.match(r"https?:", target):
            return f"[{words}]({target})"
        path, _, anchor = target.partition("#")
        if not path or path == listings.BOOK:
            there = self.target(anchor)
            # A student's page may speak of the Answers, which are not there.
            return f"[{words}]({there})" if there else words
        return words

    def _picture(self, words, target):
        """A picture inside the page, so that its colours follow the page's."""
        svg = files.read_text(self.root / target, self.root)
        svg = re.sub(r"^.*?<svg", "<svg", svg, flags=re.S)
        svg = re.sub(r"<style>.*?</style>\n?", "", svg, flags=re.S)
        # Ids and titles inside would repeat from picture to picture.
        svg = re.sub(r' id="[^"]*"|<title>[^<]*</title>\n?|<\?xml.*?\?>', "", svg)
        svg = " ".join(svg.split())  # one line: Doxygen's line numbers stay the book's
        told = html.escape(" ".join(words.split()).replace("`", ""))
        return (
            f'@htmlonly[block]<div class="picture"><svg role="img" aria-label="{told}"'
            f"{svg.removeprefix('<svg')}</div>@endhtmlonly" + "\n" * words.count("\n")
        )


def exercises(manifest, book):
    """All chapters and steps with their points."""
    text = [
        "Each step has tests of its own, and each test its points. `make check` grades"
        " them all; `make hint CHAPTER=pool STEP=pool.3` says how to begin one.",
    ]
    for chapter in manifest.chapters:
        text += ["", f"# {chapter.title} {{#exercises-{chapter.name}}}", ""]
        text += [f"`chapters/{chapter.file}`: {len(chapter.tests)} tests,"
                 f" {chapter.points} points.", ""]  # fmt: skip
        text += ["| step | what | tests | points |", "|---|---|--:|--:|"]
        for step in chapter.steps:
            text.append(
                f"| [{step.name}]({book.target(step.book)}) | {step.title} |"
                f" {len(step.tests)} | {step.points} |"
            )
    return Page("exercises", "Exercises", "\n".join(text), "Reference")


def headers(root):
    """{part: headers that are for others than their own folder}."""
    return {part: sorted(root.glob(pattern)) for part, pattern in INTERFACES.items()}


def interfaces(root):
    """The headers, by what they are for."""
    text = ["What each header promises: parameters with their units, who owns what, what blocks,"
            " what several threads may call at once, and each status."]  # fmt: skip
    for part, paths in headers(root).items():
        text += ["", f"# {part}", "", "| header | what it is |", "|---|---|"]
        text += [f"| {path.name} | {_first_sentence(path, root)} |" for path in paths]
    return Page("interfaces", "Interfaces", "\n".join(text), "Reference")


def _first_sentence(path, root):
    """What a file says of itself at its top, as far as the first full stop."""
    text = files.read_text(path, root)
    if path.suffix == ".py":
        words = ast.get_docstring(ast.parse(text)) or ""
        words = words.split("\n\n")[0]
    else:
        match = _FIRST_WORDS.match(text)
        words = re.sub(r"\n\s*\*\s?", " ", match.group(1)) if match else ""
    words = " ".join(words.split())
    sentence = re.match(r"(.*?[.:])(\s|$)", words)
    return _plain(sentence.group(1).rstrip(":") if sentence else words)


def _plain(text):
    """Text that Doxygen takes as it is."""
    return re.sub(r"([@\\#<>|&*_~`])", lambda m: f"&#{ord(m.group(1))};", text)


def insides(root):
    """The tools for those who maintain them: how they work, then file by file."""
    text = [
        files.read_text(root / "tools/docs/insides.md", root),
        "# Who may know whom",
        "",
        "A chapter knows `chapters/support/` and earlier chapters' headers, never a test or a"
        " tool; a test knows a chapter's header and the harness; the explorer knows no exercise.",
        "",
        "# File by file",
    ]
    for folder in sorted(path for path in (root / "tools").iterdir() if path.is_dir()):
        rows = [
            f"| {_plain(str(path.relative_to(folder)))} | {_first_sentence(path, root)} |"
            for path in sorted(folder.rglob("*"))
            if path.suffix in (".c", ".h", ".py")
        ]
        if rows:
            text += ["", f"## tools/{folder.name}", "", "| file | what it is |", "|---|---|", *rows]
    return Page("insides", "The tools' insides", "\n".join(text), "Reference")


def marking(manifest):
    """What each test is worth, and what an instructor should know."""
    text = [
        "A test earns its points if it passes, or if it is shown to fail by the mistake of"
        " another step. Whoever marks by hand needs no more than `make check IMPL=FOLDER`"
        " and its `build/results.json`.",
        "",
        "- **todo** is no failure: the step is not written yet.",
        "- **environment** means no score: the machine prevents grading; grade again elsewhere.",
        "- **inconclusive** earns nothing and is a failure; look at it by hand.",
        "- A failure with a step in **charged_to** keeps its points: it passes when that step is"
        " put back to the skeleton, or shows the leak that another step pays for. It is"
        " found when a whole chapter is graded, not with `STEP=` or `TEST=`. No failing chapter"
        " reaches all its points by it, since the step that is charged fails a test of its own"
        " or a later one fails.",
        "- **pass** means that no failing interleaving was found, not that there is none.",
    ]
    for chapter in manifest.chapters:
        text += ["", f"# {chapter.title}", ""]
        for step in chapter.steps:
            text += ["", f"## {step.name}: {step.title} ({step.points} points)", ""]
            text += ["| test | points |", "|---|--:|"]
            text += [f"| `{test.short}` | {test.points} |" for test in step.tests]
            text += ["", "Hints that a student can ask for:", ""]
            text += [f"{n}. {_plain(hint)}" for n, hint in enumerate(step.hints, 1)]
    return Page("marking", "Marking", "\n".join(text), "For instructors")


def mistakes(manifest):
    """The wrong solutions, by chapter, with the verdict that each gets."""
    text = ["Each line is a wrong solution that the workbook's own tests grade; the verdict and"
            " the test are what a student who writes it is shown."]  # fmt: skip
    known = [faults.find(name, manifest.root) for name in faults.paths(manifest.root)]
    for chapter in manifest.chapters:
        rows = [
            f"| {_plain(fault.fault)} | {fault.verdict} | `{fault.test.split('/')[1]}` |"
            for fault in known
            if fault.chapter == chapter.name
        ]
        if rows:
            text += ["", f"# {chapter.title}", ""]
            text += ["| mistake | verdict | test |", "|---|---|---|", *rows]
    return Page("mistakes", "Common mistakes", "\n".join(text), "For instructors")


def solutions(manifest):
    """A page for each solution."""
    for chapter in manifest.chapters:
        path = manifest.root / "solutions" / chapter.file
        code = csource.without_markers(files.read_text(path, manifest.root))
        text = f"`solutions/{chapter.file}`, without its step markers.\n\n~~~~{{.c}}\n{code}~~~~\n"
        yield Page(f"solution-{chapter.name}", f"Solution: {chapter.name}", text, "For instructors")


def all_pages(manifest, edition):
    """Every page of an edition, in reading order."""
    book = BookPages(manifest, edition)
    pages = book.write()
    pages += [exercises(manifest, book), interfaces(manifest.root), insides(manifest.root)]
    if edition == "instructor":
        if not (manifest.root / "solutions").is_dir():
            raise BookError("an instructor's edition needs the solutions; a handout has none")
        pages += [marking(manifest), mistakes(manifest), *solutions(manifest)]
    return pages
