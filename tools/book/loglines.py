"""Lines of a log: time stamp and message."""

import datetime
import functools
import re
from dataclasses import dataclass

STAMP = "2006/01/02 15:04:05"  # what a time stamp looks like, as Go writes it
ANY = "..."  # in a book's log: any lines

_STAMP = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"
_LINE = re.compile(rf"(\^C)?({_STAMP}) (.*)")


class OutputFault(Exception):
    """A program's output that cannot be read as lines of a log."""

    def __init__(self, message, index=None):
        super().__init__(message)
        self.message = message
        self.index = index  # of the faulty line


@dataclass
class Line:
    """One line that a program printed, or that a book's log shows."""

    text: str
    echo: str = ""  # what the terminal put in front of it
    stamp: datetime.datetime | None = None
    message: str | None = None
    at: float | None = None  # seconds after the start, when it was read

    @property
    def is_any(self):
        return self.text == ANY


@functools.lru_cache
def _moment(stamp):
    return datetime.datetime.strptime(stamp, "%Y/%m/%d %H:%M:%S")


def read(text):
    """A line of a log, from its text. Raises OutputFault."""
    found = _LINE.fullmatch(text)
    if found is None:
        raise OutputFault(f"does not begin with a time stamp `{STAMP}` and a space")
    echo, stamp, message = found.groups()
    try:
        moment = _moment(stamp)
    except ValueError:
        raise OutputFault(f"has a time stamp that is no date: {stamp}") from None
    if re.search(_STAMP, message):
        raise OutputFault("is two lines run into each other")
    return Line(text, echo or "", moment, message)


def read_output(data, terminal=False):
    """A program's output as lines; raises OutputFault for the first bad one.

    `data` is a list of (line's bytes with its newline, time when it was read).
    """
    if not data:
        raise OutputFault("printed nothing")
    lines = []
    for index, (raw, at) in enumerate(data):
        try:
            line = read(_text(raw, terminal))
        except OutputFault as fault:
            raise OutputFault(f"line {index + 1} {fault.message}", index) from None
        line.at = at
        lines.append(line)
    return lines


def _text(raw, terminal):
    """One line's text. A terminal ends lines in CR LF; a program must not."""
    if not raw.endswith(b"\n"):
        raise OutputFault("is not complete: the program ended before its newline")
    raw = raw[:-1]
    if terminal:
        raw = raw.removesuffix(b"\r")
    if raw.endswith(b"\r"):
        raise OutputFault("ends in CR LF, must end in LF")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise OutputFault("is not UTF-8 text") from None


def split(data):
    """Bytes as a list of lines, each with its newline if it has one."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def plain(raw):
    """Any bytes as text that is safe to show on a terminal."""
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
