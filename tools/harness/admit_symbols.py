"""The object file's symbols: what it calls and what it defines."""

import os
import re
import subprocess
from pathlib import Path

from admit_outcome import NoTool, Refused, shown
from admit_rules import CHAPTERS, at
from admit_source import logical_lines
from admit_tokens import TOKEN, definition, first_uses

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "allowed-symbols.txt")
ALIASED = re.compile(r"__(?:isoc99_|isoc23_)?(\w+?)(?:_chk)?$")
CHECKS_OWN = re.compile(
    r"__|pthread_|sem_|thrd_|mtx_|cnd_|tss_|CU_|harness_|explore_|Annotate|RunningOnValgrind"
    r"|_init$|_fini$|_start$|_end$|_edata$|_etext$"
)
# Groups whose names not even a static function may take.
GUARDED = {"threads", "semaphores", "c11-threads", "atomics", "memory", "signals",
           "time", "support"}


class Table:
    """allowed-symbols.txt."""

    def __init__(self, path=DATA):
        self.names = {}  # name -> group
        self.prefixes = {}  # prefix -> group
        self.refused = {}  # name -> the end of the sentence
        self.refused_prefixes = {}
        group = None
        with open(path, encoding="utf-8") as file:
            for line in file:
                line = line.strip()
                if line.startswith("["):
                    group = line[1 : line.index("]")]
                elif line and not line.startswith("#"):
                    self._add(group, line)

    def _add(self, group, line):
        if group == "refused":
            name, _, reason = line.partition(" ")
            if name.endswith("*"):
                self.refused_prefixes[name[:-1]] = reason.strip()
            self.refused[name] = reason.strip()
            return
        for name in line.split():
            if name.endswith("*"):
                self.prefixes[name[:-1]] = group
            else:
                self.names[name] = group

    def group(self, name):
        """The group that allows a name, or None."""
        if name in self.refused:
            return None
        if name in self.names:
            return self.names[name]
        for prefix, group in self.prefixes.items():
            if name.startswith(prefix):
                return group
        return None

    def allows(self, name):
        alias = ALIASED.match(name)
        return bool(self.group(name) or (alias and self.group(alias[1])))

    def refusal(self, name):
        """Why a name is refused, where the data file says so."""
        alias = ALIASED.match(name)
        reason = self.refused.get(name) or (alias and self.refused.get(alias[1]))
        return reason or next(
            (why for p, why in self.refused_prefixes.items() if name.startswith(p)), None
        )

    @staticmethod
    def is_checks_own(name):
        return bool(CHECKS_OWN.match(name))


class Symbol:
    """One line of nm."""

    __slots__ = ("name", "kind")

    def __init__(self, name, kind):
        self.name = name
        self.kind = kind

    @property
    def is_undefined(self):
        return self.kind in "Uwv"

    @property
    def is_global(self):
        return self.kind.isupper()


def read(path):
    """The symbols of an object file."""
    try:
        done = subprocess.run(["nm", "-P", path], capture_output=True, text=True)
    except FileNotFoundError:
        raise NoTool("nm is missing: install binutils.") from None
    if done.returncode != 0:
        raise NoTool(f"nm cannot read the object file: {done.stderr.strip()}")
    rows = (line.split(" ") for line in done.stdout.splitlines())
    return [Symbol(row[0], row[1]) for row in rows if len(row) > 1]


def check(symbols, tokens, table, chapter, source, object_path):
    """Refuse what is redefined, called without leave, or promised and absent."""
    own = chapter_named(chapter)
    check_defined(symbols, tokens, table, own, source)
    check_called(symbols, tokens, table, own, source, object_path)
    check_promised(symbols, own, source)


def check_defined(symbols, tokens, table, own, source):
    defined = [s for s in symbols if not s.is_undefined and s.name[0] != "."]
    for symbol in defined:
        if symbol.name == "main":
            _refuse_defined(symbol, tokens, source, "but the tests and the demo bring their own: "
                            "remove it")
        if symbol.kind in "WVi":
            _refuse_defined(symbol, tokens, source, "and it can be replaced by another "
                            "definition: define it in the ordinary way")
        if _takes_a_name(symbol, table):
            _refuse_defined(symbol, tokens, source, "a name that the system or the checks "
                            "already use: give it another")
    for symbol in defined:
        if not symbol.is_global or symbol.name in own.promised:
            continue
        if symbol.name in _harness_names():
            _refuse_defined(symbol, tokens, source, "a name that the grading already uses: "
                            "make it static or give it another name")
        if _in_libc(symbol.name):
            _refuse_defined(symbol, tokens, source, "which is a function of the C library: "
                            "make it static or give it another name")


def _takes_a_name(symbol, table):
    name, group = symbol.name, table.group(symbol.name)
    if symbol.is_global:
        return bool(group or table.refusal(name) or table.is_checks_own(name))
    return symbol.kind == "t" and (group in GUARDED or table.is_checks_own(name))


def _harness_names():
    """The functions that the test program brings along."""
    if not _harness:
        for header in Path(DATA).parent.rglob("*.h"):
            _harness.update(declarations(header))
    return _harness


_harness = set()


def _in_libc(name):
    """Does this machine's C library export the name?"""
    import ctypes  # 10 ms, and rarely needed

    try:
        return hasattr(ctypes.CDLL("libc.so.6"), name)
    except OSError:
        return False


def _refuse_defined(symbol, tokens, source, why):
    places = definition(tokens, symbol.name)
    start = at(places[0]) if places else shown(source)
    raise Refused(f"{start} defines `{symbol.name}`, {why}.", places)


def check_called(symbols, tokens, table, own, source, object_path):
    for symbol in symbols:
        name = symbol.name
        if not symbol.is_undefined or table.allows(name) or name in own.earlier:
            continue
        places = first_uses(tokens, name) or _places_by_nm(name, object_path)
        start = at(places[0]) if places else shown(source)
        raise Refused(f"{start} {_call_reason(name, table, own)}.", places)


def _call_reason(name, table, own):
    if name in own.promised:
        return f"calls `{name}`, which this file must define itself: write it"
    reason = table.refusal(name)
    if reason:
        return f"uses `{name}`, which {reason}"
    return (f"uses `{name}`, which is neither in this file nor among what a chapter may use: "
            "write it here, or do without")


def _places_by_nm(name, object_path):
    """A symbol's line by the debug information, for a name no token shows."""
    done = subprocess.run(["nm", "-u", "-l", object_path], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        match = re.match(r"\s*[Uwv] (\S+)\t(.*):(\d+)$", line)
        if match and match[1] == name:
            return [(match[2], int(match[3]))]
    return []


class Chapter:
    """The functions of a chapter's header, and of those before it."""

    def __init__(self, promised, earlier, header):
        self.promised = promised
        self.earlier = earlier
        self.header = header


def chapter_named(name):
    """What a chapter's file may rely on, and what it must define."""
    folders = sorted(
        (p for p in CHAPTERS.iterdir() if p.name[0].isdigit()),
        key=lambda p: int(p.name.partition("-")[0]),
    )
    earlier = set()
    for folder in folders:
        title = folder.name.partition("-")[2]
        header = folder / f"{title}.h"
        if title == name:
            return Chapter(declared(header, name), earlier, header)
        earlier |= declared(header, title)
    return Chapter(set(), set(), None)


def declared(header, prefix):
    """The functions of a chapter, of those that its header declares."""
    return {name for name in declarations(header) if name.startswith(prefix + "_")}


def declarations(header):
    """The functions that a header declares without defining them."""
    try:
        text = header.read_text(encoding="utf-8")
    except OSError:
        return set()
    code = "\n".join(line for _, line in logical_lines(text) if not line.lstrip().startswith("#"))
    words = [m.group() for m in TOKEN.finditer(code)]
    return set(_declarations(words))


def _declarations(words):
    statement, depth = [], 0
    for word in words:
        depth += (word == "{") - (word == "}")
        if word == "}" and depth == 0 and "(" in statement:
            statement = []  # the body of a function in the header
        elif depth == 0 and word == ";":
            if "(" in statement and statement[0] not in ("typedef", "_Static_assert"):
                yield statement[statement.index("(") - 1]
            statement = []
        elif depth == 0:
            statement.append(word)


def check_promised(symbols, own, source):
    defined = {s.name for s in symbols if not s.is_undefined and s.is_global}
    missing = sorted(own.promised - defined)
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        raise Refused(
            f"{shown(source)} does not define {names}, which {shown(own.header)} promises: "
            "write it, not static."
        )
