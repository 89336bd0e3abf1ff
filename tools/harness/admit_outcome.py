"""What the gate found: refusals, and the outcome file that is made of them."""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """The file is not graded: one sentence, and the lines that it is about."""

    def __init__(self, message, places=(), diagnostics=""):
        super().__init__(message)
        self.message = message
        self.places = list(places)  # (file, line)
        self.diagnostics = diagnostics


class NoTool(Exception):
    """The machine lacks something; nothing is said about the file."""


def shown(path):
    """A path as the student knows it: relative to where they stand."""
    path = str(path)
    if not os.path.isabs(path):
        return os.path.normpath(path)
    for base in (os.getcwd(), str(ROOT)):
        if path.startswith(base + os.sep):
            return os.path.relpath(path, base)
    return path


def source_line(path, number):
    """The text of a line, or an empty string."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines = text.split("\n")
    return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""


def line_entry(place, functions):
    """One place as the results file has it."""
    path, number = place
    return {
        "file": shown(path),
        "line": number,
        "function": functions(path, number),
        "text": source_line(path, number),
    }


def write(path, outcome):
    """Write the outcome whole: readers never see a part of it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    text = json.dumps(outcome, indent=1, ensure_ascii=False)
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)
