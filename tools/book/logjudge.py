"""One run of a demo, judged by a page of rules."""

import re
import signal
from dataclasses import dataclass

import logkinds
import loglines
from logrules import REAL

EXIT_TODO = 3  # how a demo ends whose step is not written, see support/step.h
_TODO = re.compile(rb"step (\S+) is not written yet")

PASS, BROKEN, TODO = "pass", "broken", "todo"


@dataclass
class Run:
    """What a program did."""

    lines: list  # (bytes with the newline, seconds after the start or None)
    status: int | None = None  # as subprocess has it: negative for a signal
    seconds: float | None = None
    started: object = None  # local time at the start
    terminal: bool = False
    typed: bool = False  # the keys were typed
    stopped: str | None = None  # why it was stopped, in words
    stderr: bytes = b""
    schedule: str = ""  # plays this very run again; "": it was in real time

    @classmethod
    def recorded(cls, data, status=None, seconds=None):
        """A run of which only the output is left."""
        return cls([(line, None) for line in loglines.split(data)], status, seconds)


@dataclass
class Judgement:
    """What came of it: a verdict, and for a broken rule its words and lines."""

    verdict: str
    words: str = ""  # the rule, or the step that is not written
    detail: str = ""  # what was seen
    breach: object = None  # with the lines that show it


def judge(run, rules, mode=REAL):
    """Judge a run; the first broken rule in the page's order is told."""
    step = _TODO.search(run.stderr)
    if run.status == EXIT_TODO and step:
        return Judgement(TODO, step.group(1).decode("ascii", "replace"))
    if run.stopped:
        return _broken("The program ends by itself.", run.stopped)
    if run.status is not None and run.status < 0:
        return _by_end(run, rules)
    try:
        lines = loglines.read_output(run.lines, run.terminal)
    except loglines.OutputFault as fault:
        return _unreadable(run, rules, fault)
    log = logkinds.Log(lines, rules, mode, run.terminal, run.seconds, run.started)
    return _by_rules(log, rules) or _by_end(run, rules) or Judgement(PASS)


def _broken(words, detail, breach=None):
    return Judgement(BROKEN, words, detail, breach)


def _unreadable(run, rules, fault):
    """Output that is no log. If there is none, how the program ended says more."""
    if not run.lines and run.status:
        return _by_end(run, rules) or _broken("The program prints a log.", fault.message)
    wrong = {} if fault.index is None else {fault.index: "cannot be read"}
    words = "The output is lines of a log."
    return _broken(words, fault.message, logkinds.Breach(fault.message, wrong))


def _by_rules(log, rules):
    for rule in rules.rules:
        breach = logkinds.KINDS[rule.kind](log, rule)
        if breach is not None:
            return _broken(rule.words, breach.detail, breach)
    return None


def _by_end(run, rules):
    """The exit status, as the page states it."""
    if rules.terminal and run.terminal and not run.typed:
        detail = f"{rules.keys} was never typed: `{rules.keys_when}` never appeared"
        return _broken("The program comes to the line at which the key is typed.", detail)
    if run.status is None or run.status == rules.exit:
        return None
    return _broken(f"The program ends with status {rules.exit}.", ended(run.status))


def ended(status):
    """How a program ended, in words."""
    if status >= 0:
        return f"it ended with status {status}"
    try:
        return f"it was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"it was ended by signal {-status}"
