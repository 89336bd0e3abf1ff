"""The statements of a C file, each with the range of characters it stands on.

Enough of C for the solutions: no macro there opens a statement, and no label or
switch occurs. What cannot be read is an error, never a guess.
"""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|^[ \t]*\#[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
    r"|[A-Za-z_]\w*|\.?\d[\w.]*|->|\+\+|--|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\S",
    re.S | re.M,
)
OPENING, CLOSING = "([{", ")]}"
UNREADABLE = ("switch", "case", "default", "goto")


class Unreadable(Exception):
    """A file that is not of the form above."""


@dataclass
class Token:
    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)


@dataclass
class Statement:
    """`kind` is block, if, while, for, do, or simple."""

    kind: str
    start: int
    end: int
    tokens: list  # of the whole statement
    parts: list = field(default_factory=list)  # the statements in it
    condition: list = field(default_factory=list)  # the tokens in its parentheses
    parent: "Statement" = None
    has_else: bool = False

    def walk(self):
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def first(self):
        return self.tokens[0].text

    def calls(self, name):
        """Is it one simple statement that calls this function?"""
        return self.kind == "simple" and any(
            token.text == name and following.text == "("
            for token, following in zip(self.tokens, self.tokens[1:])
        )


@dataclass
class Function:
    name: str
    head: list  # tokens: its type, name and parameters
    body: Statement

    def walk(self):
        return self.body.walk()


class Source:
    """One file: its text, its functions, the tokens outside them."""

    def __init__(self, text):
        self.text = text
        self.tokens = [
            Token(m.group(), m.start())
            for m in TOKEN.finditer(text)
            if not m.group().lstrip().startswith(("//", "/*", "#"))
        ]
        for token in self.tokens:
            if token.text in UNREADABLE:
                raise Unreadable(f"line {self.line(token.start)}: `{token.text}` is not provided for")
        self.functions = []
        self._read()

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def of(self, piece):
        """The text of a statement or of a list of tokens."""
        if isinstance(piece, list):
            return self.text[piece[0].start : piece[-1].end] if piece else ""
        return self.text[piece.start : piece.end]

    def _read(self):
        at, start = 0, 0
        while at < len(self.tokens):
            text = self.tokens[at].text
            if text in OPENING:
                close = self.closing(at)
                if text == "{" and self.tokens[at - 1].text == ")":
                    self._function(start, at)
                    start = close + 1
                at = close
            elif text == ";":
                start = at + 1
            at += 1

    def _function(self, start, at):
        head = self.tokens[start:at]
        name = next(a.text for a, b in zip(head, head[1:]) if b.text == "(")
        body, _ = self._statement(at)
        self.functions.append(Function(name, head, body))

    def closing(self, at):
        """The index of the token that closes the one at `at`."""
        depth = 0
        for index in range(at, len(self.tokens)):
            text = self.tokens[index].text
            depth += (text in OPENING) - (text in CLOSING)
            if depth == 0:
                return index
        raise Unreadable(f"line {self.line(self.tokens[at].start)}: `{self.tokens[at].text}` stays open")

    def _statement(self, at):
        """(the statement that begins at a token's index, the index behind it)."""
        text = self.tokens[at].text
        if text == "{":
            return self._block(at)
        if text in ("if", "while", "for"):
            return self._headed(at, text)
        if text == "do":
            part, behind = self._statement(at + 1)
            close = self.closing(behind + 1)
            made = self._made("do", at, close + 2, [part])
            made.condition = self.tokens[behind + 2 : close]
            return made, close + 2
        end = at
        while self.tokens[end].text != ";":
            end = self.closing(end) if self.tokens[end].text in OPENING else end
            end += 1
        return self._made("simple", at, end + 1, []), end + 1

    def _block(self, at):
        parts, here = [], at + 1
        while self.tokens[here].text != "}":
            part, here = self._statement(here)
            parts.append(part)
        return self._made("block", at, here + 1, parts), here + 1

    def _headed(self, at, kind):
        close = self.closing(at + 1)
        part, behind = self._statement(close + 1)
        parts, has_else = [part], False
        if kind == "if" and self.tokens[behind].text == "else":
            has_else = True
            part, behind = self._statement(behind + 1)
            parts.append(part)
        made = self._made(kind, at, behind, parts)
        made.condition = self.tokens[at + 2 : close]
        made.has_else = has_else
        return made, behind

    def _made(self, kind, first, behind, parts):
        tokens = self.tokens[first:behind]
        made = Statement(kind, tokens[0].start, tokens[-1].end, tokens, parts)
        for part in parts:
            part.parent = made
        return made
