"""Reads the sanitizers' reports: what was wrong, and which stacks belong to it."""

import re
import subprocess
from dataclasses import dataclass, field

_FRAME = re.compile(r"^\s+#\d+ (?:0x[0-9a-f]+ in )?(\S+) ?(.*)$")
_PLACE = re.compile(r"^\(?(.*?):(\d+)(?::\d+)?\)?(?: |$)")
_OFFSET = re.compile(r"\(([^()]*)\+0x([0-9a-f]+)\)")
_TSAN = re.compile(r"WARNING: ThreadSanitizer: (.*?) \(pid=\d+\)")
_ASAN = re.compile(r"ERROR: AddressSanitizer:? (\S+)(.*)")
_DEADLY = re.compile(r"ERROR: ThreadSanitizer: (\S+)(.*)")
_UBSAN = re.compile(r"^(\S+?):(\d+):\d+: runtime error: (.*)$", re.M)
_LSAN = re.compile(r"^(Direct|Indirect) leak of (\d+) byte\(s\) in (\d+) object", re.M)


@dataclass
class Stack:
    """One stack of a report, under the words that stand above it."""

    title: str
    frames: list = field(default_factory=list)  # {"function", "file", "line"}


@dataclass
class Report:
    """One finding of a sanitizer."""

    kind: str  # race, misuse, crash, leak
    what: str  # in the sanitizer's words: "data race"
    stacks: list


def parse(text, program):
    """The first finding in a sanitizer's output, or None."""
    for pattern, read in ((_TSAN, _tsan), (_ASAN, _asan), (_DEADLY, _deadly)):
        if match := pattern.search(text):
            report = read(match)
            report.stacks = _stacks(text[match.end() :])
            _name_frames(report.stacks, program)
            return report
    if match := _UBSAN.search(text):
        frame = {"function": "", "file": match[1], "line": int(match[2])}
        stacks = _stacks(text[match.end() :])[:1] or [Stack("", [frame])]
        return Report("crash", match[3], stacks)
    if match := _LSAN.search(text):
        stacks = _stacks(text[match.start() :])
        _name_frames(stacks, program)
        return Report("leak", f"{match[2]} bytes in {match[3]} allocation(s) never freed", stacks)
    return None


def _tsan(match):
    what = match[1]
    if "data race" in what and "use-after-free" not in what:
        return Report("race", what, [])
    if "use-after-free" in what:
        return Report("crash", what, [])
    if "thread leak" in what:
        return Report("leak", what, [])
    return Report("misuse", what, [])


def _asan(match):
    return Report("crash", match[1], [])


def _deadly(match):
    return Report("crash", match[1], [])


_UNNAMED = re.compile(r"^(\s+#\d+) (?:<null> <null>|0x[0-9a-f]+) +\((\S*?)\+0x([0-9a-f]+)\).*$", re.M)


def named(text, program):
    """A report with the function and line of each frame in the program."""
    found = [m for m in _UNNAMED.finditer(text) if m[2].endswith(program.name)]
    parts, end = [], 0
    for match, (function, file, line) in zip(found, name_offsets(program, [m[3] for m in found])):
        if line is not None:
            parts += [text[end : match.start()], f"{match[1]} {function} {file}:{line}"]
            end = match.end()
    return "".join([*parts, text[end:]])


def _stacks(text):
    """The stacks of one report: it ends at the first line that is not its own."""
    found = []
    for line in text.splitlines()[1:]:
        frame = _FRAME.match(line)
        if frame:
            if not found:
                found.append(Stack(""))
            found[-1].frames.append(_frame(frame[1], frame[2]))
        elif line.startswith(("SUMMARY:", "=====")):
            break
        elif line.strip():
            found.append(Stack(line.strip().rstrip(":")))
    return [stack for stack in found if stack.frames]


def _frame(function, rest):
    offset = _OFFSET.search(rest)
    place = None if rest.startswith("(") else _PLACE.match(rest)
    return {
        "function": function,
        "file": place[1] if place else None,
        "line": int(place[2]) if place else None,
        "offset": (offset[1], offset[2]) if offset else None,
    }


def _name_frames(stacks, program):
    """Give frames that the sanitizer could not name their function and line."""
    unnamed = [
        frame
        for stack in stacks
        for frame in stack.frames
        if frame["line"] is None and frame["offset"] and frame["offset"][0].endswith(program.name)
    ]
    for frame, (function, file, line) in zip(
        unnamed, name_offsets(program, [frame["offset"][1] for frame in unnamed])
    ):
        frame.update(function=function, file=file, line=line)


def name_offsets(program, offsets):
    """(function, file, line) for each hexadecimal offset in a program."""
    if not offsets:
        return []
    # An offset is where a call returns to; the call itself stands before it.
    before = [hex(max(int(offset, 16) - 1, 0)) for offset in offsets]
    try:
        done = subprocess.run(
            ["addr2line", "-f", "-e", str(program), *before],
            capture_output=True, text=True, errors="replace", timeout=30,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return [("", None, None) for _ in offsets]
    lines = done.stdout.splitlines()
    return [_named(lines[i], lines[i + 1]) for i in range(0, len(lines) - 1, 2)]


def _named(function, place):
    file, _, line = place.partition(" ")[0].rpartition(":")
    known = line.isdigit() and int(line) > 0
    return ("" if function == "??" else function, file if known else None, int(line) if known else None)
