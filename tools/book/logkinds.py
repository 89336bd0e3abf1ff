"""The kinds of rules. Each is a function (log, rule) -> Breach or None."""

import datetime
import math
from collections import Counter
from dataclasses import dataclass, field

import logqueue
from logalign import align
from logrules import REAL


@dataclass
class Breach:
    """A broken rule: what was seen, and which lines show it."""

    detail: str
    wrong: dict = field(default_factory=dict)  # index of a line -> note
    missing: list = field(default_factory=list)  # (index of the line after, text)


@dataclass
class Log:
    """A program's run, as the rules see it."""

    lines: list
    rules: object  # the page
    mode: str  # EXACT, ANY or REAL, see logrules
    terminal: bool = False
    seconds: float | None = None  # from start to end
    started: datetime.datetime | None = None  # local time

    explained: bool | None = None  # see _is_explained()

    def __post_init__(self):
        known = [self.rules.recognise(line.message) for line in self.lines]
        self.kinds = [kind for kind, _ in known]
        self.fields = [fields for _, fields in known]

    def of(self, kinds):
        """Indices of the lines of these kinds."""
        return [index for index, kind in enumerate(self.kinds) if kind in kinds]

    def values(self, name):
        """[(index, value)] of a field such as query.qid; numbers as int."""
        kind, key = name.split(".")
        found = ((index, self.fields[index][key]) for index in self.of([kind]))
        return [(index, int(text) if text.isdigit() else text) for index, text in found]


def _count(number, noun):
    return f"{number} {noun}" + ("" if number == 1 else "s")


def known_lines(log, _):
    """No line is other than those described."""
    wrong = {i: "no line that the program may print" for i in log.of([None])}
    if wrong:
        return Breach(f"{_count(len(wrong), 'line')} cannot be recognised", wrong)
    return None


def begins(log, rule):
    """The first line is of this kind."""
    wanted = rule.value("line", log.mode)
    if log.kinds[0] != wanted:
        return Breach(f"the first line is no '{wanted}' line", {0: "comes first"})
    return None


def count(log, rule):
    """There are so many lines of a kind."""
    kind, wanted = rule.value("line", log.mode), int(rule.number("is", log.mode))
    found = log.of([kind])
    if len(found) == wanted:
        return None
    wrong = {index: f"number {n + 1}" for n, index in enumerate(found) if n >= wanted}
    missing = [] if wrong else [(len(log.lines), f"'{kind}', number {len(found) + 1}")]
    return Breach(f"there are {len(found)} '{kind}' lines, not {wanted}", wrong, missing)


def same_count(log, rule):
    """As many lines of these kinds as of those."""
    some, others = (rule.names(key) for key in ("lines", "as"))
    here, there = len(log.of(some)), len(log.of(others))
    if here == there:
        return None
    told = f"there are {here} {_listed(some)} lines and {there} {_listed(others)} lines"
    if here < there:
        return Breach(told, missing=[(len(log.lines), f"{_listed(some)}, {there - here} more")])
    return Breach(told, {log.of(some)[-1]: f"number {here}"})


def _listed(names):
    return " or ".join(f"'{name}'" for name in names)


def each_once(log, rule):
    """A field takes each number of a range once; without `to`, no gap."""
    found = log.values(rule.value("field", log.mode))
    first = int(rule.number("from", log.mode))
    last = int(rule.number("to", log.mode, max([v for _, v in found], default=first)))
    return _exactly(log, found, Counter(range(first, last + 1)), rule)


def same_values(log, rule):
    """A field takes the values of another one, each once."""
    wanted = Counter({value: 1 for _, value in log.values(rule.value("as", log.mode))})
    return _exactly(log, log.values(rule.value("field", log.mode)), wanted, rule)


def times(log, rule):
    """Each of a field's words comes so many times."""
    name = rule.value("field", log.mode)
    kind, key = name.split(".")
    words = _choices(log.rules.kinds[kind], key)
    each = int(rule.number("each", log.mode))
    return _exactly(log, log.values(name), Counter({word: each for word in words}), rule)


def _choices(pattern, key):
    """The words that a pattern's group allows."""
    inside = pattern.pattern.split(f"(?P<{key}>")[1]
    return inside[: inside.index(")")].split("|")


def _exactly(log, found, wanted, rule):
    """Each value as often as wanted, no other."""
    name = rule.value("field", log.mode)
    seen = Counter()
    wrong = {}
    for index, value in found:
        seen[value] += 1
        if seen[value] > wanted[value]:
            allowed = "must not come" if not wanted[value] else f"comes {_often(seen[value])}"
            wrong[index] = f"{name} {value} {allowed}"
    lacking = [value for value in wanted if seen[value] < wanted[value]]
    if not wrong and not lacking:
        return None
    details = list(wrong.values())[:1]
    if lacking:
        come = "comes" if len(lacking) == 1 else "come"
        seldom = "too seldom" if max(wanted.values()) > 1 else ""
        told = f"{come} {seldom}" if seldom else f"never {come}"
        details.append(f"{name} {_some(lacking)} {told}")
    missing = [(len(log.lines), f"{name} {_some(lacking)}")] if lacking else []
    return Breach("; ".join(details), wrong, missing)


def _often(number):
    return {2: "twice"}.get(number, f"{number} times")


def _some(values):
    shown = ", ".join(str(value) for value in values[:5])
    return shown + (f" and {len(values) - 5} more" if len(values) > 5 else "")


def precedes(log, rule):
    """Up to each line of one kind, as many of the other came before."""
    earlier, later = rule.names("earlier"), rule.names("later")
    until = log.of([rule.value("until", log.mode)])
    balance = 0
    for index, kind in enumerate(log.kinds[: until[0] if until else None]):
        balance += (kind in earlier) - (kind in later)
        if balance < 0:
            told = f"this line comes before the {_listed(earlier)} line that it needs"
            return Breach(told, {index: "comes too early"}, [(index, _listed(earlier))])
    return None


def not_before(log, rule):
    """No line with a value before the other kind's line with that value."""
    return _order(log, rule, lambda index, other: index < other, "before")


def not_after(log, rule):
    """No line with a value after the other kind's line with that value."""
    return _order(log, rule, lambda index, other: index > other, "after")


def _order(log, rule, broken, word):
    others = {value: index for index, value in log.values(rule.value("other", log.mode))}
    kind = rule.value("other", log.mode).split(".")[0]
    for index, value in log.values(rule.value("line", log.mode)):
        if value not in others:
            return Breach(f"number {value} has no '{kind}' line", {index: "never had one"})
        if broken(index, others[value]):
            notes = {index: f"comes {word} the '{kind}' line of {value}",
                     others[value]: f"the '{kind}' line of {value}"}  # fmt: skip
            return Breach(f"number {value} is used {word} its '{kind}' line", notes)
    return None


def only_after(log, rule):
    """After a kind's line only lines of the kinds allowed."""
    found = log.of([rule.value("line", log.mode)])
    allowed = rule.names("allowed")
    after = range(found[0] + 1, len(log.lines)) if found else ()
    wrong = {index: "comes too late" for index in after if log.kinds[index] not in allowed}
    return Breach(f"{_count(len(wrong), 'line')} must not come there", wrong) if wrong else None


def _events(log):
    return [(kind, fields.get("cid")) for kind, fields in zip(log.kinds, log.fields)]


def _queue(log, words, **how):
    if _is_explained(log):
        return None
    index = logqueue.first_unexplained(_events(log), **how)
    if index is None:
        return None
    return Breach(words, {index: "up to here the lines can be explained, this one cannot"})


def _is_explained(log):
    """Whatever the page asks of the queue at once holds; so do its parts."""
    if log.explained is None:
        rooms = [int(rule.values["most"]) for rule in log.rules.rules
                 if rule.kind in ("queue-room", "queue-full")]  # fmt: skip
        full = any(rule.kind == "queue-full" for rule in log.rules.rules)
        index = logqueue.first_unexplained(_events(log), min(rooms, default=None), full)
        log.explained = index is None
    return log.explained


def queue_order(log, _):
    """Some order of the idle queue explains the lines."""
    return _queue(log, "in whatever order connections entered the queue, a wrong one leaves it")


def queue_room(log, rule):
    """And never are more idle than there is room for."""
    most = int(rule.number("most", log.mode))
    return _queue(log, f"{most + 1} or more must have been idle at once", room=most)


def queue_full(log, rule):
    """And a connection is dropped only when there is no room."""
    most = int(rule.number("most", log.mode))
    told = f"there must have been room in the queue of {most}"
    return _queue(log, told, room=most, drop_needs_full=True)


def same_lines(log, rule):
    """The lines are the book's; an optional one may come once."""
    optional = rule.value("optional", log.mode)
    after = rule.value("after", log.mode)
    lines = [_with_echo(line, log.terminal) for line in log.lines]
    book = [None if line.is_any else _with_echo(line, log.terminal) for line in log.rules.book]
    passed = _optional_line(log.lines, optional, after, book)
    return align(book, lines, passed).breach(Breach)


def _with_echo(line, terminal):
    """A message, behind what the terminal shows of the keys, if there is one."""
    return (line.echo if terminal else "") + line.message


def _optional_line(lines, optional, after, book):
    """The index of the optional line, if it comes where it may."""
    if optional is None or optional in book:
        return None
    seen = False
    for index, line in enumerate(lines):
        if line.message == optional and seen:
            return index
        seen = seen or line.message == after
    return None


def same_times(log, rule):
    """Each line as long after the first one as in the book."""
    slack = rule.number("seconds", log.mode, 0)
    book = [line for line in log.rules.book if not line.is_any]
    unmatched = iter(log.lines)
    wrong = {}
    for expected in book:
        line = next((x for x in unmatched if x.message == expected.message), None)
        if line is None:
            return None  # same-lines tells
        wanted = (expected.stamp - book[0].stamp).total_seconds()
        found = (line.stamp - log.lines[0].stamp).total_seconds()
        if abs(found - wanted) > slack:
            index = log.lines.index(line)
            wrong[index] = f"{found:.0f} s after the first line, in the book {wanted:.0f} s"
    return Breach(f"{_count(len(wrong), 'line')} at another time", wrong) if wrong else None


def local_time(log, rule):
    """The time stamps are the local time at which the lines were read."""
    if log.started is None:
        return None
    if log.mode != REAL:
        return _begins_at(log, log.started)
    slack = rule.number("seconds", log.mode)
    for index, line in enumerate(log.lines):
        read = log.started + datetime.timedelta(seconds=line.at or 0)
        if abs((line.stamp - read).total_seconds()) > slack:
            told = f"it was {read:%Y/%m/%d %H:%M:%S} here when the line was read"
            return Breach(told, {index: "another time"})
    return None


def _begins_at(log, started):
    """On the virtual clock nothing takes time before the first line."""
    if log.lines[0].stamp == started:
        return None
    told = f"the program was started at {started:%Y/%m/%d %H:%M:%S} local time"
    return Breach(told, {0: "another time"})


def at_most(log, rule):
    """Never so many lines of a kind within so many seconds."""
    most, window = int(rule.number("count", log.mode)), rule.number("seconds", log.mode)
    found = log.of([rule.value("line", log.mode)])
    moments = [_moment(log, index) for index in found]
    for start in range(len(found) - most):
        if moments[start + most] - moments[start] < window:
            wrong = {i: "within the same time" for i in found[start : start + most + 1]}
            return Breach(f"{most + 1} or more lines within {window:g} s", wrong)
    return None


def _moment(log, index):
    """When a line came, in seconds: when it was read, else by its stamp."""
    line = log.lines[index]
    if log.mode == REAL and line.at is not None:
        return line.at
    return (line.stamp - log.lines[0].stamp).total_seconds()


def lasts(log, rule):
    """The run takes so long; without its length, its lines' stamps must fit."""
    exact = rule.number("seconds", log.mode)
    low, high = (rule.number(key, log.mode, exact) for key in ("from", "to"))
    if log.seconds is None:
        return _spans(log, low, high)
    if low <= log.seconds <= high:
        return None
    return Breach(f"it took {log.seconds:.1f} s, must take {_range(low, high)}")


def _spans(log, low, high):
    """The last line begins the last second, so the stamps span one less."""
    span = (log.lines[-1].stamp - log.lines[0].stamp).total_seconds()
    if int(low) - 1 <= span <= math.ceil(high) - 1:
        return None
    wanted = _range(int(low) - 1, math.ceil(high) - 1)
    told = f"from the first line to the last it took {span:.0f} s, must take {wanted}"
    return Breach(told, {len(log.lines) - 1: f"{span:.0f} s after the first line"})


def _range(low, high):
    return f"{low:g} s" if low == high else f"{low:g} to {high:g} s"


KINDS = {
    "known-lines": known_lines,
    "begins": begins,
    "count": count,
    "same-count": same_count,
    "each-once": each_once,
    "same-values": same_values,
    "times": times,
    "precedes": precedes,
    "not-before": not_before,
    "not-after": not_after,
    "only-after": only_after,
    "queue-order": queue_order,
    "queue-room": queue_room,
    "queue-full": queue_full,
    "same-lines": same_lines,
    "same-times": same_times,
    "local-time": local_time,
    "at-most": at_most,
    "lasts": lasts,
}
