"""JSON that remembers where each value stands, for errors with a line.

Stricter than the standard parser where a person's slip would go unseen: a key
given twice and NaN are errors.
"""

import json
import re
from json.decoder import scanstring

from errors import BookError

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}


class Document:
    """A parsed file: its value, and the line of each part of it.

    A part is named by the tuple of keys and indices that leads to it:
    ("chapters", 0, "name").
    """

    def __init__(self, path, value, lines):
        self.path = path
        self.value = value
        self._lines = lines

    def line(self, part):
        """The line at which a part begins; a missing part's is its parent's."""
        part = tuple(part)
        while part not in self._lines:
            part = part[:-1]
        return self._lines[part]

    def error(self, message, part):
        """An error that points at a part."""
        return BookError(message, self.path, self.line(part))


def parse(text, path):
    """Parse a JSON text; `path` is what errors call the file."""
    return _Parser(text, path).document()


class _Parser:
    def __init__(self, text, path):
        self.text = text
        self.path = path
        self.at = 0
        self.lines = {}

    def document(self):
        value = self.value(())
        if self.at < len(self.text):
            self.fail("something follows the end of the document")
        return Document(self.path, value, self.lines)

    def fail(self, message, at=None):
        line = self.line_of(self.at if at is None else at)
        raise BookError(f"not JSON: {message}", self.path, line)

    def line_of(self, at):
        return self.text.count("\n", 0, at) + 1

    def skip(self):
        self.at = _SPACE.match(self.text, self.at).end()

    def peek(self):
        return self.text[self.at : self.at + 1]

    def take(self, expected):
        if self.peek() != expected:
            self.fail(f"expected '{expected}', found {self.found()}")
        self.at += 1
        self.skip()

    def found(self):
        return f"'{self.peek()}'" if self.peek() else "the end of the file"

    def value(self, part):
        self.skip()
        self.lines[part] = self.line_of(self.at)
        kind = self.peek()
        if kind == "{":
            result = self.object(part)
        elif kind == "[":
            result = self.array(part)
        elif kind == '"':
            result = self.string()
        else:
            result = self.scalar()
        self.skip()
        return result

    def object(self, part):
        result = {}
        self.take("{")
        while self.peek() != "}":
            start = self.at
            key = self.string() if self.peek() == '"' else self.fail("expected a name in quotes")
            if key in result:
                self.fail(f'"{key}" is given twice', start)
            self.skip()
            self.take(":")
            result[key] = self.value(part + (key,))
            self.separator("}")
        self.take("}")
        return result

    def array(self, part):
        result = []
        self.take("[")
        while self.peek() != "]":
            result.append(self.value(part + (len(result),)))
            self.separator("]")
        self.take("]")
        return result

    def separator(self, closing):
        """A comma between members; none before the closing bracket."""
        if self.peek() == closing:
            return
        comma = self.at
        self.take(",")
        if self.peek() == closing:
            self.fail(f"a comma stands before '{closing}'", comma)

    def string(self):
        try:
            result, self.at = scanstring(self.text, self.at + 1, True)
        except json.JSONDecodeError as error:
            self.fail(error.msg[0].lower() + error.msg[1:], error.pos)
        return result

    def scalar(self):
        for word, result in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return result
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            self.fail(f"expected a value, found {self.found()}")
        self.at = number.end()
        whole = number.group(1) is None and number.group(2) is None
        return int(number.group()) if whole else float(number.group())
