"""The student's file as bytes and as raw text, before any compiler reads it."""

import os
import re
import stat

from admit_outcome import Refused, shown

LARGEST = 256 * 1024

CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |\r?$)", re.M)
TRIGRAPHS = {"??=": "#", "??/": "\\", "??'": "^", "??(": "[", "??)": "]",
             "??!": "|", "??<": "{", "??>": "}", "??-": "~"}
TRIGRAPH = re.compile(r"\?\?[=/'()!<>-]")
SPLICE = re.compile(r"\\[ \t\r]*\n")
QUIET = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?(?:\*/|\Z)', re.S
)
DIRECTIVE = re.compile(r"[ \t\f\v]*(?:#|%:)\s*(\w+)")


def read(path):
    """The file's text, or Refused."""
    data = _bytes(path)
    name = shown(path)
    if not data.strip():
        raise Refused(f"{name} is empty: `make reset` brings the skeleton back.")
    if b"\0" in data:
        raise Refused(
            f"{name} is not C source but a binary file (or text in UTF-16): "
            "save it as plain UTF-8 text.",
            [(path, data[: data.index(b"\0")].count(b"\n") + 1)],
        )
    return _decoded(path, data)


def _bytes(path):
    name = shown(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise Refused(f"{name} is a folder: put the C file in its place.")
        if not stat.S_ISREG(mode):
            raise Refused(f"{name} is not a regular file: put the C file in its place.")
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Refused(f"{name} is missing: `make reset` brings the skeleton back.") from None
    except OSError as error:
        raise Refused(f"{name} cannot be read ({error.strerror}): check its permissions.") from None
    if len(data) > LARGEST:
        raise Refused(
            f"{name} is larger than {LARGEST // 1024} KiB: a solution takes a few; "
            "remove what does not belong there."
        )
    return data


def _decoded(path, data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused(
            f"Line {line} of {shown(path)} is not UTF-8 text: save the file as UTF-8.",
            [(path, line)],
        ) from None


def check_conflicts(path, text):
    """Refuse what a merge left behind."""
    found = [text.count("\n", 0, m.start()) + 1 for m in CONFLICT.finditer(text)]
    if found:
        raise Refused(
            f"Line {found[0]} of {shown(path)} is a merge-conflict marker: choose one "
            "of the two versions, and remove the marker lines.",
            [(path, line) for line in found],
        )


def logical_lines(text, with_strings=False):
    """(line number, text) with trigraphs and splices undone, comments and
    strings blanked."""
    def blank(match):
        return match.group() if with_strings and match.group()[0] in "\"'" else _blank(match)

    text = TRIGRAPH.sub(lambda m: TRIGRAPHS[m.group()], text)
    text = SPLICE.sub("\x01", text)
    text = QUIET.sub(blank, text)
    number = 1
    for line in text.split("\n"):
        yield number, line.replace("\x01", "")
        number += 1 + line.count("\x01")


def _blank(match):
    """A comment or string without its content, but with its line ends."""
    text = match.group()
    ends = "".join(c for c in text if c in "\n\x01")
    if text[0] in "\"'":
        return text[0] + ends + text[0]
    # A comment is one blank; its line ends count, but do not end a directive.
    return " " + ends.replace("\n", "\x01")


def check_directives(path, text):
    """Refuse the directives that change what the gate believes about lines."""
    for number, line in logical_lines(text):
        match = DIRECTIVE.match(line)
        if not match:
            continue
        word = match.group(1)
        if word == "line" or word[0].isdigit():
            raise Refused(
                f"Line {number} of {shown(path)} renumbers the lines with `#line`: "
                "remove it, for the reports name your lines.",
                [(path, number)],
            )
        if word in ("if", "elif") and "__has_include" in line:
            raise Refused(
                f"Line {number} of {shown(path)} asks with `__has_include` which files "
                "there are, so that it may compile differently later: remove the condition.",
                [(path, number)],
            )


INCLUDE = re.compile(r'[ \t\f\v]*(?:#|%:)\s*\w*(?:include|import)\w*\s*(["<])([^">\n]+)[">]')


def literal_includes(text):
    """(line, is quoted, name) of the includes that are not made by macros."""
    for number, line in logical_lines(text, with_strings=True):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == '"', match[2]


def varies(text):
    """Could the file read differently under another build's macros?"""
    for _, line in logical_lines(text):
        if "SANITIZE" in line or "##" in line or "%:%:" in line:
            return True
        match = DIRECTIVE.match(line)
        if match and match.group(1).startswith(("if", "elif")):
            return True
    return False
