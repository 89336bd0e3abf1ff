"""Does a file give a solution away?

Looked for are three lines of a region in a row, or a whole region of two. Lines
that say little (a brace, a bare return) are passed over on both sides; so is
what the skeletons show anyway.
"""

import re
from dataclasses import dataclass

_SAYS_LITTLE = re.compile(
    r"[{}\s;]*|else ?\{?|\} else \{|do \{|break;|return( (0|NULL|true|false|status|ST_\w+))?;"
)
_COMMENT = re.compile(r"/\*[^;]*\*/|//[^;]*")  # one that hides no code
_QUOTED = re.compile(r"^(?:[+\->|#*/\s]|&gt;)+")  # a diff's, a listing's or a comment's margin
_IN_A_ROW = 3
_AT_LEAST = 2


@dataclass(frozen=True)
class Leak:
    """Lines of a solution, found in another file."""

    line: int  # in that file
    source: str  # the solution's file
    source_line: int
    step: str


class Watch:
    """The lines to be looked for."""

    def __init__(self, solutions):
        """`solutions` are parsed ones, see markers.py."""
        self.runs = {}  # lines in a row -> where they come from
        shown = set()
        for solution in solutions:
            shown.update(_runs(_telling(enumerate(solution.skeleton().split("\n"), 1))))
        for solution in solutions:
            for region in solution.regions:
                self._add(solution, region, shown)

    def _add(self, solution, region, shown):
        lines = _telling(region.code)
        length = min(_IN_A_ROW, len(lines))
        if length < _AT_LEAST:
            return
        for start in range(len(lines) - length + 1):
            run = tuple(text for _, text in lines[start : start + length])
            if run not in shown:
                place = (solution.path, lines[start][0], region.step)
                self.runs.setdefault(run, place)

    def leaks(self, data):
        """Every leak in a file's bytes."""
        lines = _telling(enumerate(data.decode("utf-8", "replace").split("\n"), 1))
        for length in range(_AT_LEAST, _IN_A_ROW + 1):
            for start in range(len(lines) - length + 1):
                run = tuple(text for _, text in lines[start : start + length])
                if run in self.runs:
                    yield Leak(lines[start][0], *self.runs[run])


def _runs(lines):
    texts = [text for _, text in lines]
    for length in range(_AT_LEAST, _IN_A_ROW + 1):
        for start in range(len(texts) - length + 1):
            yield tuple(texts[start : start + length])


def _telling(numbered):
    """(line number, text without margins and doubled spaces) of what says much."""
    told = []
    for number, line in numbered:
        text = " ".join(_QUOTED.sub("", line.strip()).split())
        if not _COMMENT.fullmatch(line.strip()) and not _SAYS_LITTLE.fullmatch(text):
            told.append((number, text))
    return told
