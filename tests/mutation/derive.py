"""Derives wrong solutions from solutions/: one mistake in each.

    derive.py [--out DIR] [NAME …]

prints each as a patch, or writes DIR/CHAPTER/OPERATOR-LINE-FUNCTION.patch. The
same solutions give the same patches everywhere.
"""

import argparse
import difflib
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from edits import apply  # noqa: E402
from operators import OPERATORS  # noqa: E402
from syntax import Source  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ("waitgroup", "runner", "pool", "work")


@dataclass
class Mutant:
    """One wrong solution."""

    chapter: str
    operator: str
    line: int
    function: str
    number: int  # among those of the same operator on the same line
    place: int  # among those of the same operator in the same function
    fault: str
    path: Path  # the right solution, below the root
    text: str

    @property
    def name(self):
        number = f"-{self.number}" if self.number > 1 else ""
        return f"{self.chapter}/{self.operator}-{self.line}{number}-{self.function}"

    @property
    def key(self):
        """Its name in the judgements: it stays when lines above it move."""
        return f"{self.chapter}/{self.operator}/{self.function}/{self.place}"

    def patch(self):
        old = (ROOT / self.path).read_text(encoding="utf-8").splitlines(True)
        head = f"Fault: {self.fault}\n\n--- a/{self.path}\n+++ b/{self.path}\n"
        return head + "".join(hunks(old, self.text.splitlines(True)))


def hunks(old, new):
    """As difflib.unified_diff(), which takes frequent lines such as `}` for noise."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes():
        (_, a, _, b, _), (_, _, c, _, d) = group[0], group[-1]
        yield f"@@ -{a + 1},{c - a} +{b + 1},{d - b} @@\n"
        for tag, a, c, b, d in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[a:c])
            else:
                yield from (f"-{line}" for line in old[a:c])
                yield from (f"+{line}" for line in new[b:d])


def derive(chapter):
    """Every wrong solution of a chapter, in the order of the file."""
    [path] = (ROOT / "solutions").glob(f"*/{chapter}.c")
    source = Source(path.read_text(encoding="utf-8"))
    texts, found = {source.text}, []
    for operator in OPERATORS:
        for function in source.functions:
            lines = {}
            for place, change in enumerate(operator(source, function), 1):
                line = source.line(change.at)
                lines[line] = lines.get(line, 0) + 1
                text = apply(source.text, change.edits)
                if text not in texts:  # two operators may come to the same text
                    texts.add(text)
                    found.append(Mutant(
                        chapter, operator.__name__.replace("_", "-"), line, function.name,
                        lines[line], place, change.fault, path.relative_to(ROOT), text,
                    ))  # fmt: skip
    return found


def derive_all():
    return [mutant for chapter in CHAPTERS for mutant in derive(chapter)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path)
    call = parser.parse_args()
    for mutant in derive_all():
        if call.names and mutant.name not in call.names:
            continue
        if call.out is None:
            print(f"{mutant.name}\n{mutant.patch()}")
            continue
        path = call.out / f"{mutant.name}.patch"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mutant.patch(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
