"""The preprocessed text: whose each token is, and on which line it stands."""

import os
import re

MARKER = re.compile(r'# (\d+) "((?:\\.|[^"\\])*)"((?: \d)*)$')
TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[^\W\d][\w$]*|\.?\d[\w.]*|[^\s\w]'
)
ESCAPE = re.compile(r'\\([0-7]{3}|.)')
NOT_NAMES = frozenset(
    "if while for switch return sizeof _Alignof _Alignas _Atomic _Static_assert "
    "_Generic int char void long short unsigned signed float double _Bool "
    "__attribute__ __attribute __typeof__ typeof __alignof__ __extension__ enum "
    "struct union".split()
)


class Token:
    """One token of a file that is not the system's."""

    __slots__ = ("text", "file", "line")

    def __init__(self, text, file, line):
        self.text = text
        self.file = file
        self.line = line

    @property
    def place(self):
        return (self.file, self.line)


class Include:
    """One file that was read because of another's line."""

    __slots__ = ("place", "path", "is_system")

    def __init__(self, place, path, is_system):
        self.place = place
        self.path = path
        self.is_system = is_system


class Preprocessed:
    """What the preprocessor made of the student's file."""

    def __init__(self):
        self.tokens = []  # of the student's file and of headers beside it
        self.defines = []  # Token: the macro's name
        self.pragmas = []  # Token: the whole line
        self.includes = []  # Include
        self.files = []  # not the system's, in order of their first line


def _unescaped(name):
    """The file name in a marker; bytes may be written in octal."""
    if "\\" not in name:
        return name
    raw = ESCAPE.sub(lambda m: chr(int(m[1], 8)) if len(m[1]) == 3 else m[1], name)
    try:
        return raw.encode("latin-1").decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return raw


class _Reader:
    """Follows the line markers."""

    def __init__(self):
        self.out = Preprocessed()
        self.file = "<start>"
        self.line = 0
        self.system = set()
        self.scanned = False
        self.open = []  # the includes that are being read

    def marker(self, match):
        name = _unescaped(match[2])
        flags = match[3].split()
        if "1" in flags:
            self.enter(name, "3" in flags)
        elif "2" in flags and self.open:
            # The file goes on behind the line of the #include.
            self.open.pop().place = (name, int(match[1]) - 1)
        self.file = name
        self.line = int(match[1])
        self.scanned = not name.startswith("<") and name not in self.system
        if self.scanned and name not in self.out.files:
            self.out.files.append(name)

    def enter(self, name, is_system):
        if is_system:
            self.system.add(name)
        include = Include((self.file, self.line), name, is_system)
        self.open.append(include)
        if not name.startswith("<"):
            self.out.includes.append(include)

    def text(self, line):
        if self.scanned:
            self.scan(line)
        self.line += 1

    def scan(self, line):
        if line.startswith("#"):
            self.directive(line)
            return
        file, number, add = self.file, self.line, self.out.tokens.append
        for match in TOKEN.finditer(line):
            add(Token(match.group(), file, number))

    def directive(self, line):
        words = line[1:].split(None, 1)
        rest = words[1] if len(words) > 1 else ""
        if words and words[0] == "define":
            name = TOKEN.match(rest)
            self.out.defines.append(Token(name.group() if name else "", self.file, self.line))
        elif words and words[0] == "pragma":
            self.out.pragmas.append(Token(rest, self.file, self.line))


def read(text):
    """Preprocessed, from the output of `cc -E -dD`."""
    reader = _Reader()
    for line in text.split("\n"):
        match = MARKER.match(line) if line.startswith("# ") else None
        if match:
            reader.marker(match)
        else:
            reader.text(line)
    return reader.out


def functions(tokens):
    """Where each function's body stands: [(file, name, first line, last line)]."""
    found = []
    name, start, depth, parens = None, None, 0, 0
    for index, token in enumerate(tokens):
        text = token.text
        if depth == 0 and text == "(":
            parens += 1
            name = name or _name_before(tokens, index)
        elif depth == 0 and text == ")":
            parens -= 1
        elif text == "{":
            depth += 1
            if depth == 1:
                start = name if parens == 0 else None
                parens = 0
        elif text == "}":
            depth = max(0, depth - 1)
            if depth == 0 and start:
                found.append((start.file, start.text, start.line, token.line))
            if depth == 0:
                name = None
        elif depth == 0 and parens == 0 and text in (";", "="):
            name = None
    return found


def _name_before(tokens, index):
    """The token before a parenthesis, if it can be a function's name."""
    if index == 0:
        return None
    before = tokens[index - 1]
    is_name = before.text[0].isalpha() or before.text[0] == "_"
    return before if is_name and before.text not in NOT_NAMES else None


def finder(tokens):
    """A function: (file, line) -> the name of the function there, or None."""
    bodies = functions(tokens)

    def function_at(file, line):
        if file is None:
            return None
        for where, name, first, last in bodies:
            if first <= line <= last and os.path.realpath(where) == os.path.realpath(file):
                return name
        return None

    return function_at


def first_uses(tokens, name, limit=5):
    """The places where a name is used, one a line: calls in a function's body
    before other mentions there, and those before declarations."""
    ranks = ([], [], [])
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.text == "{") - (token.text == "}")
        if token.text == name:
            follows = tokens[index + 1].text if index + 1 < len(tokens) else ""
            places = ranks[2 if depth == 0 else 0 if follows == "(" else 1]
            if token.place not in places:
                places.append(token.place)
    return next((places for places in ranks if places), [])[:limit]


def definition(tokens, name):
    """Where a name is defined: a function's, else its first mention."""
    for file, function, line, _ in functions(tokens):
        if function == name:
            return [(file, line)]
    return [token.place for token in tokens if token.text == name][:1]
