"""C source as readers see it: one definition or declaration by its name.

No compiler's parser: what stands at the outermost level of a file is told apart
by its braces and semicolons, once comments and literals are blanked.
"""

import re
import subprocess
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

import files
from errors import BookError, CallError

PAGE_COLUMNS = 72  # of a listing on a printed page
INDENT = 4

_HIDDEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
_MACRO = re.compile(r"[ \t]*#\s*define\s+(\w+)")
_ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)")
_DOC_COMMENT = re.compile(r"^[ \t]*/\*\*(?!<).*?\*/[ \t]*\n", re.S | re.M)
_FIRST_COMMENT = re.compile(r"\s*/\*.*?\*/\s*?\n", re.S)
_MARKER_LINE = re.compile(r"^[ \t]*//[><.].*\n", re.M)


@dataclass
class Item:
    """A declaration or definition at the outermost level of a file."""

    names: set
    line: int
    text: str


def blanked(text):
    """The text with comments and literals as blanks, line for line."""
    return _HIDDEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def items(text):
    """Everything at the outermost level, in order."""
    bare = blanked(text)
    for macro in _DIRECTIVE.finditer(bare):
        name = _MACRO.match(macro.group())
        if name:
            yield Item({name.group(1)}, _line(text, macro.start()),
                       text[macro.start() : macro.end()])  # fmt: skip
    bare = _DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), bare)
    start, depth = 0, 0
    for at, sign in enumerate(bare):
        depth += (sign == "{") - (sign == "}")
        ended = depth == 0 and (sign == ";" or (sign == "}" and _is_body(bare, start, at)))
        if ended:
            first = start + len(bare[start:at]) - len(bare[start:at].lstrip())
            yield Item(_names(bare[first : at + 1]), _line(text, first), _rest(text, first, at + 1))
            start = at + 1


def _rest(text, first, end):
    """The item and the comment that stands behind it on its last line."""
    behind = text[end:].split("\n", 1)[0]
    return text[first:end] + (behind if behind.strip().startswith("/*") else "")


def _line(text, at):
    return text.count("\n", 0, at) + 1


def _is_body(bare, start, end):
    """Does the brace that closes at `end` end a function, not a type or a list?"""
    return ")" in bare[start:end].split("{", 1)[0] and "=" not in bare[start:end].split("{", 1)[0]


def _names(bare):
    """What an item defines or declares."""
    head, sign, body = re.match(r"([^{=]*)([{=]?)(.*)", bare, re.S).groups()
    head = _ATTRIBUTE.sub("", head)
    found = set(re.findall(r"\b(?:struct|enum|union)\s+(\w+)\s*$", head)) if sign == "{" else set()
    called = re.search(r"(\w+)\s*\((?!\s*\*)", head)
    if called:
        return found | {called.group(1)}
    if sign == "{" and head.split()[:1] == ["enum"]:
        found.update(re.findall(r"(\w+)\s*(?:=[^,}]*)?[,}]", body))
    tail = body.rsplit("}", 1)[-1] if sign == "{" else head
    return found | set(re.findall(r"(\w+)\s*(?:\[[^]]*\]\s*)*[;,]?\s*$", tail))


def named(text, name, shown):
    """The item of that name, as it stands there. A definition comes first."""
    found = [item for item in items(text) if name in item.names]
    if not found:
        known = sorted({name for item in items(text) for name in item.names})
        raise CallError(f"{shown} defines no '{name}'; it has: {' '.join(known)}")
    found.sort(key=lambda item: "{" not in item.text)
    return found[0].text


def without_docs(text):
    """A declaration without the documentation inside it."""
    return _DOC_COMMENT.sub("", text)


def without_markers(text):
    """A solution's code without the step markers."""
    return _MARKER_LINE.sub("", text)


def without_first_comment(text):
    """A whole file without the comment at its top."""
    return _FIRST_COMMENT.sub("", text, count=1) if text.lstrip().startswith("/*") else text


def tidy(text):
    """No blank lines at the ends, none doubled; margin taken away."""
    text = textwrap.dedent(text).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.M))


def narrow(text, statements=False, root=files.ROOT):
    """The same code in lines that fit a printed page.

    `statements`: it is no whole definition, but a part of a function's body.
    """
    if all(len(line) <= PAGE_COLUMNS for line in text.split("\n")):
        return text
    if not statements:
        return _formatted(text, PAGE_COLUMNS, root)
    # Statements are only understood inside a function.
    inside = "void f(void)\n{\n" + textwrap.indent(text, " " * INDENT) + "\n}\n"
    lines = _formatted(inside, PAGE_COLUMNS + INDENT, root).split("\n")
    return textwrap.dedent("\n".join(lines[2:-1]))


def _formatted(text, columns, root):
    """The text as .clang-format says, but for the columns."""
    style = files.read_text(root / ".clang-format", root)
    with tempfile.TemporaryDirectory() as folder:
        narrower = re.sub(r"ColumnLimit: \d+", f"ColumnLimit: {columns}", style)
        (Path(folder) / ".clang-format").write_text(narrower, encoding="utf-8")
        command = ["clang-format", f"--assume-filename={folder}/listing.c", "--style=file"]
        try:
            done = subprocess.run(command, input=text, capture_output=True, text=True)
        except FileNotFoundError:
            raise CallError("needs clang-format (tools/setup --all)") from None
    if done.returncode != 0:
        raise CallError(f"clang-format: {done.stderr.strip()}")
    return done.stdout.rstrip("\n")


def too_wide(text, shown, line):
    """The error for code that no line break makes narrow enough, if it is so."""
    widest = max(map(len, text.split("\n")))
    if widest > PAGE_COLUMNS:
        yield BookError(f"a line of {widest} columns; a page has {PAGE_COLUMNS}", shown, line)
