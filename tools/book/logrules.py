"""The page of rules beside a book's log, and the log itself.

The form is told at the head of tests/logs/runner-timeout.rules.
"""

import datetime
import re
import shlex
from dataclasses import dataclass, field

import files
import loglines
from errors import BookError

# What a run is held to. A value of a rule that begins with `any-` holds where any
# interleaving may come, one that begins with `real-` in real time.
EXACT = "exact"  # the default order, on the virtual clock
ANY = "any"  # any other order, on the virtual clock
REAL = "real"  # the machine's own scheduler and clock
_PREFIXES = {EXACT: ("",), ANY: ("any-", ""), REAL: ("real-", "any-", "")}

_FIELD = re.compile(r"\{([a-z]+)(?::([^}]*))?\}")


NO_BOOK = datetime.datetime(2020, 9, 24)  # for a program without a log in the book


@dataclass
class Rule:
    """One promise: its kind, its values, and the words for a breach."""

    kind: str
    values: dict
    words: str
    line: int  # in the page

    def value(self, name, mode, default=None):
        """A value as text, the one that is meant most of all for this mode."""
        for prefix in _PREFIXES[mode]:
            if prefix + name in self.values:
                return self.values[prefix + name]
        return default

    def number(self, name, mode, default=None):
        """A value as a number."""
        text = self.value(name, mode)
        return default if text is None else float(text)

    def names(self, name):
        """A value that lists names, separated by commas."""
        return self.values[name].split(",")


@dataclass
class Rules:
    """A page of rules, read."""

    name: str  # "runner-timeout"
    path: str
    program: str = ""  # the chapter whose demo prints the log
    exit: int = 0
    limit: float = 15.0  # seconds
    verbatim: str | None = None
    keys: str | None = None  # what is typed, as the terminal shows it
    keys_when: str | None = None
    go_prints: str | None = None  # what the go command says of an exit status
    schedules: int = 0  # how many interleavings it is played in
    search: bool = False  # all there are, if they are no more than that
    witness: str | None = None  # the schedule that prints the book's very log
    kinds: dict = field(default_factory=dict)  # name of a kind of line -> pattern
    rules: list = field(default_factory=list)
    book: list = field(default_factory=list)  # the book's log

    @property
    def terminal(self):
        """Must the program run on a terminal?"""
        return self.keys is not None

    def go_line(self, status):
        """What the go command prints when a program has ended; None: nothing."""
        if self.go_prints is None or not status:
            return None
        return self.go_prints.replace("{status}", str(status))

    @property
    def start(self):
        """The local time at which the program is started on the virtual clock."""
        first = next((line.stamp for line in self.book if not line.is_any), None)
        return first or NO_BOOK

    def recognise(self, message):
        """(kind of line, its fields) for a message, or (None, {})."""
        for kind, pattern in self.kinds.items():
            found = pattern.fullmatch(message)
            if found is not None:
                return kind, found.groupdict()
        return None, {}


def load_all(folder, root=files.ROOT):
    """Every page of rules in a folder, in the order of their programs' time."""
    pages = [load(path, root) for path in sorted(folder.glob("*.rules"))]
    if not pages:
        raise BookError("holds no page of rules (*.rules)", files.shown(folder, root))
    return sorted(pages, key=lambda page: page.limit)


def load(path, root=files.ROOT):
    """Read NAME.rules, and NAME.log beside it if the page says `verbatim`."""
    reader = _Reader(path.stem, files.shown(path, root))
    for number, text in _directives(files.read_text(path, root)):
        reader.directive(number, text)
    rules = reader.end()
    if rules.verbatim is not None:
        rules.book = _read_book(path.with_suffix(".log"), rules, root)
    return rules


def _directives(text):
    """(line number, directive) with the lines that go on joined to it."""
    joined = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace() and joined:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {line.strip()}")
        else:
            joined.append((number, line.rstrip()))
    return joined


class _Reader:
    """Reads directives; each has a method of its name."""

    WORDS = ("program", "exit", "limit", "verbatim", "schedules", "witness", "type",
             "go-prints", "line", "rule")  # fmt: skip

    def __init__(self, name, path):
        self.rules = Rules(name, path)
        self.number = 0

    def fail(self, message):
        raise BookError(message, self.rules.path, self.number)

    def directive(self, number, text):
        self.number = number
        word, _, rest = text.partition(" ")
        if word not in self.WORDS:
            self.fail(f"no directive is called '{word}'; there are: {' '.join(self.WORDS)}")
        try:
            getattr(self, f"read_{word.replace('-', '_')}")(rest.strip())
        except (ValueError, re.error) as error:
            self.fail(f"cannot read this '{word}' directive: {error}")

    def end(self):
        if not self.rules.program:
            raise BookError("names no program", self.rules.path)
        if not self.rules.rules:
            raise BookError("states no rule", self.rules.path)
        return self.rules

    def read_program(self, rest):
        self.rules.program = rest

    def read_exit(self, rest):
        self.rules.exit = int(rest)

    def read_limit(self, rest):
        self.rules.limit = float(rest.removesuffix(" s"))

    def read_verbatim(self, rest):
        self.rules.verbatim = rest

    def read_type(self, rest):
        keys, when = re.fullmatch(r"(\^[A-Z])\s+when\s+(.+)", rest).groups()
        self.rules.keys, self.rules.keys_when = keys, when

    def read_schedules(self, rest):
        number, search = re.fullmatch(r"([1-9][0-9]*)( or all)?", rest).groups()
        self.rules.schedules, self.rules.search = int(number), search is not None

    def read_witness(self, rest):
        self.rules.witness = rest

    def read_go_prints(self, rest):
        self.rules.go_prints = rest

    def read_line(self, rest):
        kind, pattern = re.fullmatch(r"(\S+)\s+(.+)", rest).groups()
        self.rules.kinds[kind] = _pattern(pattern)

    def read_rule(self, rest):
        from logkinds import KINDS  # it knows Rule, so it imports this module

        head, colon, words = rest.partition(" : ")
        if not colon:
            self.fail("a rule ends with ` : ` and the words for a breach")
        kind, *values = shlex.split(head)
        if kind not in KINDS:
            self.fail(f"no rule is called '{kind}'; there are: {' '.join(KINDS)}")
        pairs = dict(value.split("=", 1) for value in values)
        self.rules.rules.append(Rule(kind, pairs, words.strip(), self.number))


def _pattern(text):
    """`{id}` stands for a number, `{who:a|b}` for one of the words listed."""
    pattern = ""
    at = 0
    for found in _FIELD.finditer(text):
        choices = found.group(2)
        words = "|".join(map(re.escape, choices.split("|"))) if choices else "0|[1-9][0-9]*"
        pattern += re.escape(text[at : found.start()]) + f"(?P<{found.group(1)}>{words})"
        at = found.end()
    return re.compile(pattern + re.escape(text[at:]))


def _read_book(path, rules, root):
    """The book's own log: it must be what it always was."""
    shown = files.shown(path, root)
    data = files.read_bytes(path, root)
    restore = f"restore it (git checkout {shown})"
    if not data:
        raise BookError(f"is empty; {restore}", shown)
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        raise BookError(f"has Windows line ends (CR LF); {restore}", shown, line)
    text = files.read_text(path, root)
    if files.digest(data) != rules.verbatim:
        raise BookError(
            f"was changed: it is the book's own log and is kept byte for byte; {restore}", shown
        )
    return [_book_line(line, number, rules, shown)
            for number, line in enumerate(text.splitlines(), 1)
            if line != rules.go_line(rules.exit)]  # fmt: skip


def _book_line(text, number, rules, shown):
    if text == loglines.ANY:
        return loglines.Line(text)
    try:
        line = loglines.read(text)
    except loglines.OutputFault as fault:
        raise BookError(fault.message, shown, number) from None
    if rules.recognise(line.message)[0] is None:
        raise BookError(f"no `line` in {rules.path} describes this line", shown, number)
    return line
