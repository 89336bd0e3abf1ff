"""Step markers in a solution: from one source to the solution and the skeleton.

    //> pool.3: What is to be done, in words;
    //> more words.
    ...the solution's lines...
    //< pool.3: return step_todo("pool.3", p);
    //<         ...more code that stays in the skeleton...

`//>` opens a region, `//<` closes it. In the skeleton a region becomes a TODO
comment with the words, and the code that `//<` carries. `//.` lines comment on
the solution alone. Everything else is given code, the same in both.
"""

import re
from dataclasses import dataclass, field

import files
from errors import BookError, raise_all

COLUMNS = 80

_MARKER = re.compile(r"^([ \t]*)//([><.])(.*)$")
_MISPLACED = re.compile(r"\S.*//[><]\s*[a-z_]+\.[0-9]")
_STEP = re.compile(r"^ ([a-z][a-z0-9_]*\.[1-9][0-9]*)(:.*)?$")
_WORD = re.compile(r'[^\s"]*"[^"\n]*"\S*|\S+')  # what stands in quotes is never broken
_TODO_CALL = re.compile(r'\bstep_todo\(\s*"([^"]*)"')


@dataclass
class Given:
    """A line outside all regions."""

    line: int
    text: str


@dataclass
class Region:
    """A marked region."""

    line: int  # of its opening marker
    step: str
    indent: str
    words: list = field(default_factory=list)  # the text's lines
    code: list = field(default_factory=list)  # the solution's (line, text)
    stays: list = field(default_factory=list)  # lines left in the skeleton

    @property
    def has_words(self):
        return any(line.strip() for line in self.words)


@dataclass
class Solution:
    """A solution's file, in pieces."""

    path: str  # as errors name it
    pieces: list

    @property
    def regions(self):
        return [piece for piece in self.pieces if isinstance(piece, Region)]

    def skeleton(self):
        """The skeleton's text."""
        lines = []
        seen = set()
        for piece in self.pieces:
            if isinstance(piece, Given):
                lines.append(piece.text)
            else:
                lines += todo_comment(piece, piece.step in seen)
                lines += [piece.indent + text if text else "" for text in piece.stays]
                seen.add(piece.step)
        return "\n".join(_without_doubled_blanks(lines)) + "\n"


def parse_file(path, root=files.ROOT):
    """Parse a solution's file; raise what is wrong with its markers."""
    return parse(files.read_text(path, root), files.shown(path, root))


def parse(text, path):
    """Parse a solution's text; `path` is what errors call the file."""
    parser = _Parser(path)
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        parser.line(number, line)
    solution = Solution(path, parser.end())
    raise_all(_region_errors(solution))
    return solution


class _Parser:
    """One pass over the lines. Where it stands is one of four states: outside,
    in a region's words, in its code, or in the code that stays."""

    def __init__(self, path):
        self.path = path
        self.pieces = []
        self.state = "outside"
        self.number = 0
        self.hang = ""  # where code stands behind the last `//< STEP: `

    @property
    def region(self):
        return self.pieces[-1]

    def fail(self, message, line=None):
        raise BookError(message, self.path, line or self.number)

    def line(self, number, text):
        self.number = number
        if "\r" in text:
            self.fail("has Windows line ends (CRLF)")
        marker = _MARKER.match(text)
        if marker is None:
            self.plain(text)
        elif marker.group(2) == ">":
            self.opening(marker.group(1), marker.group(3))
        elif marker.group(2) == "<":
            self.closing(marker.group(3))
        elif self.state == "stays":
            self.state = "outside"

    def plain(self, text):
        if _MISPLACED.search(text):
            self.fail("a step marker must stand on a line of its own")
        if self.state in ("outside", "stays"):
            self.state = "outside"
            self.pieces.append(Given(self.number, text))
        else:
            self.state = "code"
            self.region.code.append((self.number, text))

    def opening(self, indent, rest):
        step = _STEP.match(rest)
        if self.state in ("outside", "stays"):
            if step is None:
                self.fail("expected `//> STEP: words`, as in `//> pool.3: Take ...`")
            region = Region(self.number, step.group(1), indent)
            region.words.append((step.group(2) or ":")[1:].strip())
            self.pieces.append(region)
            self.state = "words"
        elif step is not None:
            self.fail(
                f"region {step.group(1)} opens inside region {self.region.step},"
                f" which opened at line {self.region.line}"
            )
        elif self.state == "words":
            self.region.words.append(rest.strip())
        else:
            self.fail(f"the words of region {self.region.step} must stand before its code")

    def closing(self, rest):
        if self.state == "outside":
            self.fail("`//<` closes a region, but none is open")
        step = _STEP.match(rest)
        if step is None:
            self.stays_hanging(rest)
            return
        if step.group(1) != self.region.step:
            self.fail(
                f"`//<` closes {step.group(1)}, but the region that opened at line"
                f" {self.region.line} is {self.region.step}"
            )
        code = step.group(2) or ""
        self.hang = " " * len(f" {step.group(1)}: ")
        self.state = "stays"
        if code[1:].strip():
            self.region.stays.append(code[1:].strip())

    def stays_hanging(self, rest):
        """A line of code that stays, under the first one."""
        if self.state != "stays":
            self.fail(f"expected `//< {self.region.step}`")
        if not rest.startswith(self.hang):
            self.fail(f"code that stays must be aligned behind `//< {self.region.step}: `")
        self.join(rest[len(self.hang) :].rstrip())

    def join(self, text):
        """Undo a line break that only the marker's width made necessary."""
        stays, indent = self.region.stays, self.region.indent
        joined = f"{stays[-1]} {text.lstrip()}" if stays else text
        if stays and stays[-1][-1] not in ";{}" and len(indent + joined) <= COLUMNS:
            stays[-1] = joined
        else:
            stays.append(text)

    def end(self):
        if self.state in ("words", "code"):
            self.fail(f"region {self.region.step} is never closed", self.region.line)
        return self.pieces


def _region_errors(solution):
    """What is wrong with the regions of a file that parsed."""
    seen = set()
    for region in solution.regions:
        words = " ".join(region.words)
        if "*/" in words or "/*" in words:
            yield BookError("words must not hold /* or */: they become a comment",
                            solution.path, region.line)  # fmt: skip
        if not region.has_words and region.step not in seen:
            yield BookError(f"the first region of {region.step} has no words",
                            solution.path, region.line)  # fmt: skip
        if not region.code:
            yield BookError(f"region {region.step} is empty", solution.path, region.line)
        for text in region.stays:
            yield from _stay_errors(solution, region, text)
        seen.add(region.step)


def _stay_errors(solution, region, text):
    if len(region.indent + text) > COLUMNS:
        yield BookError(
            f"code that stays would reach column {len(region.indent + text)}, past {COLUMNS}",
            solution.path, region.line,
        )  # fmt: skip
    for named in _TODO_CALL.findall(text):
        if named != region.step:
            yield BookError(f'region {region.step} calls step_todo("{named}")',
                            solution.path, region.line)  # fmt: skip


def step_errors(solution, chapter):
    """A solution's regions against the steps of its chapter."""
    known = {step.name: step for step in chapter.steps}
    for region in solution.regions:
        if region.step not in known:
            yield BookError(
                f"no step is called '{region.step}'; there are: {' '.join(known)}",
                solution.path, region.line,
            )  # fmt: skip
    for step in chapter.steps:
        regions = [region for region in solution.regions if region.step == step.name]
        if not regions:
            yield BookError(f"step '{step.name}' has no region in {solution.path}", *step.place)
        elif not any(_TODO_CALL.search("\n".join(region.stays)) for region in regions):
            yield BookError(
                f'no region of {step.name} leaves a step_todo("{step.name}") behind',
                solution.path, regions[0].line,
            )  # fmt: skip


def todo_comment(region, continued):
    """The comment that stands in the skeleton for a region, wrapped."""
    if region.has_words:
        paragraphs = " \n".join(region.words).split(" \n \n")
        text = f"TODO {region.step}: {paragraphs[0]}"
        paragraphs = [text] + paragraphs[1:]
    else:
        paragraphs = [f"TODO {region.step}" + (" (continued)" if continued else "")]
    width = COLUMNS - len(region.indent) - len(" * ")
    lines = []
    for paragraph in paragraphs:
        lines += ([""] if lines else []) + wrap(paragraph, width)
    if len(lines[-1]) + len(" */") > width:
        lines[-1:] = wrap(lines[-1], width - len(" */"))
    lines = [
        f"{region.indent}{' * ' if number else '/* '}{line}".rstrip()
        for number, line in enumerate(lines)
    ]
    lines[-1] += " */"
    return lines


def wrap(text, width):
    """Fill lines with words; spaces inside quotes stay as they are."""
    lines = []
    for word in _WORD.findall(text):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _without_doubled_blanks(lines):
    """Taking regions out may leave two blank lines where one stood."""
    return [
        line
        for number, line in enumerate(lines)
        if line.strip() or (number > 0 and lines[number - 1].strip())
    ]
