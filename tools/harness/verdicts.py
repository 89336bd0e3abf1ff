"""From what a test's process left behind to a verdict with its reasons."""

import os
import re
import signal
from collections import Counter
from dataclasses import dataclass, field

import reports
import source

# When the builds disagree, the first of these is shown.
ORDER = (
    "build", "race", "misuse", "crash", "deadlock", "livelock", "leak", "wrong",
    "inconclusive", "todo", "pass",
)  # fmt: skip
FAILURES = ORDER[: ORDER.index("todo")]
EXIT_FOUND = 66  # sanitizers.c
EXIT_LOST, EXIT_SETUP = 91, 92  # record.h
_MUST = re.compile(r"^(\S+?):(\d+): (.*) failed with error (\d+)$", re.M)


@dataclass
class Verdict:
    """One test's verdict, of one build or of both together."""

    verdict: str
    message: str
    expected: str | None = None
    seen: str | None = None
    lines: list = field(default_factory=list)  # the student's own first


def environment(message):
    return Verdict("environment", message)


def judge(outcome, test, exercise, program):
    """The verdict on one run. `exercise` knows the student's file."""
    outcome.report = reports.named(outcome.report, program)
    report = reports.parse(_written_by_sanitizer(outcome), program)
    for rule in (_report, _trouble, _stopped, _crashed, _leaked, _failed, _unwritten, _explored):
        found = rule(outcome, report, exercise, program)
        if found is not None:
            if not found.lines and outcome.explored is not None:
                found.lines = _places(outcome.explored, exercise)
            return _own_lines_first(found, outcome, exercise, test)
    return Verdict("pass", "")


def _written_by_sanitizer(outcome):
    """gcc's UBSan writes to stderr; it counts only if it ended the test."""
    status = outcome.status
    ended = status is not None and os.WIFEXITED(status) and os.WEXITSTATUS(status) == EXIT_FOUND
    return outcome.report or (outcome.output if ended else "")


def of_log(found, name):
    """The verdict on a demo's log; the same words as `make logs` has."""
    judgement = found.judgement
    if judgement.verdict == "pass":
        return Verdict("pass", "")
    if judgement.verdict == "todo":
        return Verdict("todo", f"step {judgement.words} is not written yet")
    expected, seen = _first_difference(found)
    words = judgement.words.rstrip(".")
    more = f"(`make logs LOG={name}` shows all lines)"
    return Verdict("wrong", f"{words}: {judgement.detail} {more}", expected, f"{seen} {more}")


def _first_difference(found):
    """(the line that is missing, or the rule; the first wrong line, or the end)."""
    breach = found.judgement.breach
    if breach is None:
        return found.judgement.words, found.judgement.detail
    wrong = min(breach.wrong, default=None)
    expected = breach.missing[0][1] if breach.missing else found.judgement.words
    seen = found.line(wrong) if wrong is not None else found.judgement.detail
    return expected, seen


def worst(verdicts):
    """The most telling of several verdicts."""
    for verdict in verdicts:
        if verdict.verdict == "environment":
            return verdict
    return min(verdicts, key=lambda verdict: ORDER.index(verdict.verdict))


# --- The rules, the most telling first ---------------------------------------


def _report(outcome, report, exercise, _program):
    if report is None or (report.kind == "leak" and not _kinds(outcome, "leak")):
        return None
    is_race = report.kind == "race"
    lines = _lines_of(report.stacks[:2] if is_race else report.stacks, exercise)
    if is_race:
        return Verdict("race", _race_words(report, exercise), lines=lines)
    if report.kind == "leak":
        return Verdict("leak", f"memory leaked: {report.what}", lines=lines)
    return Verdict(report.kind, _REPORT_WORDS.get(report.what, report.what), lines=lines)


_REPORT_WORDS = {
    "heap-use-after-free": "memory is used after it was freed",
    "stack-use-after-scope": "a local variable is used after its block has ended",
    "stack-use-after-return": "a local variable is used after its function has returned",
    "heap-buffer-overflow": "memory is used beyond the end of what was allocated",
    "stack-buffer-overflow": "memory is used beyond the end of a local array",
    "global-buffer-overflow": "memory is used beyond the end of a static array",
    "stack-overflow": "the stack is full: a function calls itself without end",
    "attempting": "memory is freed twice, or was never allocated",
    "SEGV": "a pointer does not point to anything (segmentation fault)",
    "unlock of an unlocked mutex (or by a wrong thread)": "a mutex is unlocked by a"
    " thread that does not hold it",
    "double lock of a mutex": "a thread locks a mutex that it holds already",
    "destroy of a locked mutex": "a mutex is destroyed while it is locked",
    "heap-use-after-free (race)": "memory is used after another thread has freed it",
}


def _race_words(report, exercise):
    places = []
    for stack in report.stacks[:2]:
        frame = exercise.own_frame(stack.frames) or _known_frame(stack.frames)
        if frame:
            places.append(f"{source.verb_of(stack.title)} in {frame['function']}()")
    words = "two threads use the same memory, at least one writes, and nothing orders them"
    return f"{words}: {'; '.join(places)}" if places else words


def _trouble(outcome, *_):
    for record in _kinds(outcome, "environment"):
        return environment(record[1])
    status = outcome.status
    if status is not None and os.WIFEXITED(status):
        if os.WEXITSTATUS(status) == EXIT_SETUP:
            return environment("the test's process could not be set up")
        if os.WEXITSTATUS(status) == EXIT_LOST:
            return Verdict("crash", "your code closed a file descriptor that is not its own")
    if "FATAL: ThreadSanitizer" in outcome.report + outcome.output:
        return environment(_fatal_words(outcome.report + outcome.output))
    if "LeakSanitizer has encountered a fatal error" in outcome.report:
        return environment("the leak checker cannot look at this process (ptrace is forbidden here)")
    return None


def _fatal_words(text):
    at = text.index("FATAL: ThreadSanitizer")
    return f"{text[at:].splitlines()[0]}; run `make doctor`"


def _stopped(outcome, _report, exercise, _program):
    if outcome.ended_by is None:
        return None
    if outcome.ended_by == "memory":
        return Verdict("crash", "your code took more than 1 GiB of memory and was stopped")
    lines = _lines_of([_AsStack(stack) for stack in outcome.stacks], exercise)
    if outcome.ended_by == "deadlock":
        return Verdict("deadlock", _deadlock_words(outcome.stacks, exercise), lines=lines)
    if outcome.busy:
        return Verdict("livelock", "the test ran without end: a loop's condition never comes true",
                       lines=lines)  # fmt: skip
    return Verdict("inconclusive", "the test did not end within its time", lines=lines)


class _AsStack:
    def __init__(self, stack):
        self.frames = stack["frames"]
        self.title = ""


def _deadlock_words(stacks, exercise):
    places = Counter(filter(None, (_standing(stack, exercise) for stack in stacks)))
    threads = [f"{'one thread' if n == 1 else f'{n} threads'} {place}" for place, n in places.items()]
    words = "every thread waits for another one, for ever"
    return f"{words}: {', '.join(threads)}" if threads else words


def _standing(stack, exercise):
    """A thread's place in the student's file, in words; None if it is elsewhere."""
    frame = exercise.own_frame(stack["frames"])
    if frame is None:
        return None
    call = source.waiting_call(stack["frames"])
    return f"in {frame['function']}() at line {frame['line']}" + (f" ({call})" if call else "")


def _crashed(outcome, _report, exercise, _program):
    status = outcome.status
    if status is None:
        return Verdict("crash", "your code ended the program that grades it")
    if os.WIFSIGNALED(status):
        return _signalled(os.WTERMSIG(status), outcome, exercise)
    if outcome.complete:
        return None
    number = os.WEXITSTATUS(status)
    return Verdict("crash", f"your code ended the whole process (exit status {number}); return a"
                   " status instead")  # fmt: skip


def _broken_must(must, exercise):
    """A call that must not fail has failed: see must.h."""
    line = {"function": "", "file": must[1], "line": int(must[2])}
    what = f"the call that gave '{must[3]}'" if must[3].isidentifier() else must[3]
    return Verdict("misuse", f"{what} failed: {os.strerror(int(must[4]))}",
                   lines=_shown([line], exercise))  # fmt: skip


def _signalled(number, outcome, exercise):
    if number == signal.SIGABRT and (must := _MUST.search(outcome.output)):
        return _broken_must(must, exercise)
    name = signal.Signals(number).name if number in signal.valid_signals() else number
    return Verdict("crash", _SIGNALS.get(number, f"your code was ended by signal {name}"))


_SIGNALS = {
    signal.SIGXFSZ: "your code printed more than 2 MiB and was stopped",
    signal.SIGINT: "an interrupt (SIGINT) ended the process: it came while SIGINT was not"
    " blocked",
    signal.SIGABRT: "your code ended the whole process with abort()",
    signal.SIGXCPU: "your code computed for more than ten minutes and was stopped",
}


def _failed(outcome, _report, exercise, _program):
    for record in outcome.records:
        if record[0] == "equal":
            return _unequal(record, exercise)
        if record[0] == "assert":
            place = {"function": "", "file": record[1], "line": int(record[2])}
            message, expected, seen = _broken(source.condition(record[4]))
            return Verdict("wrong", message, expected, seen, _shown([place], exercise))
    return None


def _broken(condition):
    """(message, expected, seen) for a condition of a test's that is false."""
    waiting = re.fullmatch(r"harness_until_blocked\((.*)\)", condition)
    if waiting:
        expected = f"{waiting[1]} waits until it is let go"
        return f"{waiting[1]} did not wait: it went on to its end", expected, "it went on to its end"
    return f"{condition} does not hold", condition, "it does not hold"


def _unequal(record, exercise):
    _, file, line, _thread, actual, expected, what, wanted = record[:8]
    place = {"function": "", "file": file, "line": int(line)}
    wanted_words = source.value_words(int(expected), wanted, exercise.statuses)
    seen_words = source.value_words(int(actual), wanted, exercise.statuses)
    return Verdict("wrong", f"{what} gave {seen_words} where {wanted_words} was expected",
                   f"{what} is {wanted_words}", seen_words, _shown([place], exercise))  # fmt: skip


def _unwritten(outcome, *_):
    for record in _kinds(outcome, "todo"):
        return Verdict("todo", f"step {record[1]} is not written yet")
    return None


def _leaked(outcome, _report, exercise, program):
    for record in _kinds(outcome, "leak"):
        lines = []
        if len(record) > 2 and record[2]:
            [(function, file, line)] = reports.name_offsets(program, [record[2]])
            lines = [{"function": function, "file": file, "line": line}]
        return Verdict("leak", f"left behind: {record[1]}", lines=_shown(lines, exercise))
    return None


# What the explorer says in other words than we do.
_EXPLORED = {"unmodelled": "inconclusive", "diverged": "inconclusive"}
_KILLED = re.compile(r"^the program was killed by (SIG\w+)")


def _explored(outcome, _report, exercise, _program):
    found = outcome.explored
    if found is None or found.verdict == "pass":
        return None
    if found.verdict == "environment":
        return environment(found.message)
    if found.verdict == "crash" and (must := _MUST.search(outcome.output)):
        return _broken_must(must, exercise)
    killed = _KILLED.search(found.message)
    if killed and killed[1] in signal.Signals.__members__:
        return _signalled(signal.Signals[killed[1]], outcome, exercise)
    return Verdict(_EXPLORED.get(found.verdict, found.verdict), found.message,
                   lines=_places(found, exercise))  # fmt: skip


def _places(found, exercise):
    """The explorer's places that are the student's or a test's."""
    return _shown(found.places, exercise)


def _is_diverged(outcome):
    return outcome.explored is not None and outcome.explored.verdict == "diverged"


# --- Lines -------------------------------------------------------------------


def _kinds(outcome, kind):
    return [record for record in outcome.records if record[0] == kind]


def _known_frame(frames):
    return next((frame for frame in frames if frame["file"]), None)


def _lines_of(stacks, exercise):
    """One line for each stack: the student's own frame, or else a test's."""
    frames = [exercise.own_frame(stack.frames) or exercise.project_frame(stack.frames)
              for stack in stacks]  # fmt: skip
    return _shown([frame for frame in frames if frame], exercise)


def _shown(frames, exercise):
    shown = []
    for frame in frames:
        line = exercise.shown(frame)
        if line and line not in shown:
            shown.append(line)
    return shown


def _own_lines_first(verdict, outcome, exercise, test):
    """The student's lines first. If there is none, behind the test's line comes
    the last thing that the student's code did in the failing interleaving, and
    the function that was asked."""
    own = [line for line in verdict.lines if line["file"] == exercise.name]
    other = [line for line in verdict.lines if line["file"] != exercise.name]
    if not own and verdict.verdict in FAILURES and not _is_diverged(outcome):
        found = [_last_event(outcome.explored, exercise),
                 exercise.called_before(other[0] if other else None, test)]
        functions = set()
        for line in filter(None, found):
            if line["function"] not in functions:
                other.append(line)
            functions.add(line["function"])
    verdict.lines = own + other
    return verdict


_LEGEND = re.compile(r"^([a-z]) = line of (.*)$", re.M)
_EVENT = re.compile(r"(?<!\S)([a-z])(\d+) ")


def _last_event(explored, exercise):
    """The last line of the student's in the table of a failing interleaving; None
    if there is none, or if it fails without a context switch."""
    if explored is None or explored.switches == 0:
        return None
    files = dict(_LEGEND.findall(explored.table))
    rows = [row for row in explored.table.splitlines() if not row.startswith(("***", "    --"))]
    for row in reversed(rows):
        for letter, number in reversed(_EVENT.findall(row)):
            frame = {"file": files.get(letter, ""), "line": int(number), "function": ""}
            if exercise.is_own(frame):
                frame["function"] = exercise.function_at(frame["line"])
                return exercise.shown(frame)
    return None
