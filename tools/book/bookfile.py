"""The book's text as its tools see it: directives, fences, headings, links.

A directive is a comment on a line of its own, and owns the block behind it:

    <!-- listing chapters/2-pool/pool.h pool_acquire -->
    ```c
    ...
    ```
"""

import re
from dataclasses import dataclass

from errors import BookError

KINDS = ("listing", "log", "interleaving", "verdict", "failure", "output", "exercises")

_DIRECTIVE = re.compile(r"<!--\s+(\w+)((?:\s+[^\s>]+)*)\s+-->\s*$")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_FENCE = re.compile(r"\s*(```+|~~~+)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]*)(?:\s+\"[^\"]*\")?\)", re.S)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)


@dataclass
class Directive:
    """What a block is made from."""

    line: int
    kind: str
    words: list
    start: int  # the block's first line's index; where it would stand if none
    end: int  # behind its last line
    fence: bool = True

    @property
    def name(self):
        return " ".join([self.kind, *self.words])


@dataclass
class Heading:
    line: int
    depth: int
    text: str


@dataclass
class Link:
    line: int
    is_image: bool
    text: str
    target: str


class Book:
    """A parsed text; `lines` stay as they were read."""

    def __init__(self, text, path):
        self.path = path
        self.lines = text.removesuffix("\n").split("\n")
        self.errors = []
        self.fenced = self._fences()
        self.directives = list(self._directives())

    def error(self, message, line):
        return BookError(message, self.path, line)

    def _fences(self):
        """For each line: does it belong to a fenced block?"""
        inside, opened, told = None, 0, []
        for number, line in enumerate(self.lines, 1):
            fence = _FENCE.match(line)
            told.append(bool(inside or fence))
            if fence and inside is None:
                inside, opened = fence.group(1), number
            elif fence and line.strip() == inside:
                inside = None
        if inside:
            self.errors.append(self.error("a fenced block is never closed", opened))
        return told

    def _directives(self):
        for index, line in enumerate(self.lines):
            if self.fenced[index] or not line.startswith("<!--"):
                continue
            match = _DIRECTIVE.match(line)
            if match and match.group(1) in KINDS:
                yield self._directive(index, match)
            elif match or "-->" not in line:
                known = ", ".join(KINDS)
                self.errors.append(
                    self.error(f"a comment that is no directive; there are: {known}", index + 1)
                )

    def _directive(self, index, match):
        kind, words = match.group(1), match.group(2).split()
        start = index + 1
        while start < len(self.lines) and not self.lines[start].strip():
            start += 1
        end = self._table_end(start) if kind == "exercises" else self._fence_end(start)
        if end == start:
            start = end = index + 1
        return Directive(index + 1, kind, words, start, end, kind != "exercises")

    def _table_end(self, start):
        end = start
        while end < len(self.lines) and self.lines[end].startswith("|"):
            end += 1
        return end

    def _fence_end(self, start):
        if start >= len(self.lines) or not self.lines[start].startswith("```"):
            return start
        closing = self.lines[start][: len(self.lines[start]) - len(self.lines[start].lstrip("`"))]
        for end in range(start + 1, len(self.lines)):
            if self.lines[end].rstrip() == closing:
                return end + 1
        return start

    def block(self, directive):
        """The block that a directive owns, as it stands there."""
        return "\n".join(self.lines[directive.start : directive.end])

    def with_blocks(self, blocks):
        """The whole text with new blocks: {line of the directive: text}."""
        lines, done = [], 0
        for directive in self.directives:
            if directive.line in blocks:
                lines += self.lines[done : directive.start]
                if directive.start == directive.line and not directive.fence:
                    lines.append("")
                lines += blocks[directive.line].split("\n")
                done = directive.end
        return "\n".join(lines + self.lines[done:]) + "\n"

    def prose(self):
        """The text without blocks and comments, line for line, as one string."""
        lines = ["" if fenced else line for line, fenced in zip(self.lines, self.fenced)]
        return _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), "\n".join(lines))

    def headings(self):
        for number, line in enumerate(self.prose().split("\n"), 1):
            match = _HEADING.match(line)
            if match:
                yield Heading(number, len(match.group(1)), match.group(2))

    def heading_of(self, line):
        """The words of the heading under which a line stands."""
        above = [h.text for h in self.headings() if h.line <= line]
        return above[-1] if above else ""

    def links(self):
        prose = self.prose()
        bare = _SPAN.sub(lambda m: re.sub(r"[^\n]", "x", m.group()), prose)
        for match in _LINK.finditer(bare):
            text = prose[match.start(2) : match.end(2)]
            yield Link(bare.count("\n", 0, match.start()) + 1, bool(match.group(1)),
                       " ".join(text.split()), match.group(3))  # fmt: skip

    def spans(self):
        """(line, text) of each piece of code in the prose."""
        prose = self.prose()
        for match in _SPAN.finditer(prose):
            yield prose.count("\n", 0, match.start()) + 1, " ".join(match.group(2).split())
