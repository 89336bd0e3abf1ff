"""The files that a verdict speaks of: the student's, and the test's."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATUS_HEADER = ROOT / "chapters/support/status.h"


class Exercise:
    """A student's file: which frames are in it, and where its functions stand."""

    def __init__(self, chapter, impl):
        self.chapter = chapter
        path = Path(impl) / chapter.file
        self.path = path.resolve() if path.is_absolute() else (ROOT / path).resolve()
        self.name = shown_path(self.path)
        self.statuses = _statuses()
        self._lines = {}

    def is_own(self, frame):
        return bool(frame["file"]) and _resolved(frame["file"]) == self.path

    def own_frame(self, frames):
        """The innermost frame in the student's file."""
        return next((frame for frame in frames if self.is_own(frame)), None)

    def project_frame(self, frames):
        """The innermost frame in a test or in given code."""
        inside = (frame for frame in frames if frame["file"] and _in_project(frame["file"]))
        return next(inside, None)

    def shown(self, frame):
        """A line as results.json has it, with its text."""
        if not frame["file"] or not frame["line"]:
            return None
        path = _resolved(frame["file"])
        return {
            "file": shown_path(path),
            "line": frame["line"],
            "function": frame["function"],
            "text": self.text(path, frame["line"]),
        }

    def text(self, path, number):
        lines = self._read(path)
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def called_before(self, line, test):
        """The student's function that a test had called when it failed.

        The last call above the line at which the test failed, or the last one
        of all; a call of one of the test file's own helpers counts as the call
        that stands in the helper.
        """
        lines = self._read(test.source)
        found = None
        if line and _resolved(line["file"]) == test.source.resolve():
            found = self._last_call(lines, _start(lines, line["line"]), line["line"])
        return found or self._last_call(lines, *_body(lines, test.short))

    def _last_call(self, lines, first, last):
        called = [
            name
            for number in range(last, first, -1)  # the first line is the test's own name
            for name in reversed(re.findall(r"\b([a-z]\w*)\s*\(", lines[number - 1]))
        ]
        # A test makes and frees what it needs; it is about the calls in between.
        called.sort(key=lambda name: bool(_MAKES_OR_FREES.search(name)))
        found = (self._definition_behind(name, lines) for name in called)
        return next(filter(None, found), None)

    def _definition_behind(self, name, lines):
        """A function of the student's, called by this name or by a helper."""
        if name.startswith(f"{self.chapter.name}_"):
            return self.definition(name)
        first, last = _body(lines, name)
        inside = "\n".join(lines[first - 1 : last])
        calls = re.findall(rf"\b({self.chapter.name}_\w+)\s*\(", inside)
        return self.definition(calls[-1]) if calls else None

    def definition(self, function):
        """Where the student defines a function."""
        for number, name in self._definitions():
            if name == function:
                return self.shown({"file": str(self.path), "line": number, "function": name})
        return None

    def function_at(self, number):
        """The function of the student's that a line stands in; "" if in none."""
        before = [name for line, name in self._definitions() if line <= number]
        return before[-1] if before else ""

    def _definitions(self):
        """(line, name) of each function that the student's file defines."""
        for number, text in enumerate(self._read(self.path), 1):
            found = _DEFINITION.match(text)
            if found and not text.rstrip().endswith(";"):
                yield number, found[1]

    def _read(self, path):
        if path not in self._lines:
            try:
                text = Path(path).read_text(encoding="utf-8", errors="replace")
            except OSError:
                text = ""
            self._lines[path] = text.splitlines()
        return self._lines[path]


_DEFINITION = re.compile(r"^[A-Za-z_][\w\s*]*?\b(\w+)\s*\(")


def _start(lines, number):
    """The first line of the function that a line stands in."""
    while number > 1 and not lines[number - 1].startswith("static "):
        number -= 1
    return number


_MAKES_OR_FREES = re.compile(r"(^make|_new|_init|_free|_destroy)$")


def _body(lines, function):
    """First and last line of a function in a test file; an empty range if none."""
    start = re.compile(rf"^static \w[\w\s*]*\b{re.escape(function)}\(")
    for number, text in enumerate(lines, 1):
        if start.match(text):
            ends = (n for n in range(number, len(lines) + 1) if lines[n - 1] == "}")
            return number, next(ends, len(lines))
    return 1, 0


def shown_path(path):
    """Relative to the workbook if inside it, as a student types it."""
    try:
        return os.fspath(Path(path).relative_to(ROOT))
    except ValueError:
        return os.fspath(path)


def _resolved(file):
    path = Path(file)
    return (path if path.is_absolute() else ROOT / path).resolve()


def _in_project(file):
    path = _resolved(file)
    return path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "tools") and path.exists()


def _statuses():
    """The names of enum status, by number."""
    body = re.search(r"enum status \{(.*?)\}", STATUS_HEADER.read_text(), re.S)[1]
    return re.findall(r"^\s*(ST_\w+)", body, re.M)


def value_words(value, like, statuses):
    """A number as the test wrote its kind: a status by its name."""
    if like.startswith("ST_") and 0 <= value < len(statuses):
        return statuses[value]
    if like in ("true", "false"):
        return "true" if value else "false"
    return str(value)


_CONDITION = re.compile(r"^CU_ASSERT_(\w+?)(?:_FATAL)?\((.*)\)$", re.S)


def condition(text):
    """CUnit's words for an assertion, as a sentence's beginning."""
    match = _CONDITION.match(text)
    if not match:
        return text
    kind, inside = match.groups()
    words = {
        "TRUE": "{}", "FALSE": "not ({})", "PTR_NULL": "{} == NULL",
        "PTR_NOT_NULL": "{} != NULL",
    }.get(kind)  # fmt: skip
    if words:
        return words.format(inside)
    first, _, second = inside.rpartition(",")
    sign = "!=" if "NOT" in kind else "=="
    return f"{first.strip()} {sign} {second.strip()}" if first else inside


def verb_of(title):
    """"Previous read of size 4 at … (mutexes: write M1)" is a read."""
    found = re.match(r"(?:previous )?((atomic )?(?:write|read))\b", title, re.I)
    if not found:
        return "a use"
    return f"{'an' if found[2] else 'a'} {found[1].lower()}"


_WAITING = (
    "pthread_mutex_lock", "pthread_cond_wait", "pthread_cond_timedwait", "pthread_join",
    "pthread_barrier_wait", "pthread_rwlock_rdlock", "pthread_rwlock_wrlock", "sem_wait",
    "sigwait", "sigwaitinfo", "sigtimedwait", "read", "poll", "pthread_once",
)  # fmt: skip


def waiting_call(frames):
    """The call that a thread waits in, as it stands in the program."""
    for frame in frames:
        bare = frame["function"].split("@")[0]
        bare = bare.replace("__interceptor_", "").replace("__wrap_", "").strip("_")
        for call in _WAITING:
            if bare in (call, f"GI__{call}", call.replace("pthread_join", "pthread_clockjoin_ex")):
                return f"{call}()"
    return None
