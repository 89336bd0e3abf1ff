"""What is true of a derived wrong solution: which verdicts, at which places.

By operator; judgements.json refines it for single mutants, each with the reason,
and names those that are equivalent to the original.
"""

import fnmatch
import json
import re
from pathlib import Path

from syntax import Source

JUDGEMENTS = Path(__file__).with_name("judgements.json")
# The verdicts that tell what the mistake does.
KINDS = {
    # A thread that does not hold the lock unlocks it or waits with it (misuse), or
    # uses what it guards (race).
    "drop-lock": ("misuse", "race"),
    "double-unlock": ("misuse",),
    "drop-section": ("race", "misuse"),
    "try-lock": ("misuse", "race"),
    "drop-unlock": ("deadlock", "misuse"),  # locked for ever; destroyed while locked
    "early-return": ("deadlock", "misuse"),
    "shrink-section": ("race",),
    "split-section": ("wrong", "deadlock", "crash"),  # each access is locked: no race
    "callback-under-lock": ("deadlock", "misuse"),  # the thread itself locks it again
    "swap-lock-order": ("deadlock",),
    "drop-signal": ("deadlock",),
    "drop-broadcast": ("deadlock",),
    "signal-for-broadcast": ("deadlock",),
    "early-signal": ("deadlock",),
    "late-signal": ("crash", "misuse"),  # on a condition that is gone
    # Nobody signals, or the wait ends for no reason.
    "bare-wait": ("deadlock", "wrong"),
    "wrong-condition": ("deadlock", "wrong"),
    # What the code relies on is not so; what follows from that differs. A race,
    # misuse or livelock must be judged by hand.
    "if-for-while": ("wrong", "crash", "deadlock"),
    "drop-wait": ("wrong", "crash"),
    "drop-clause": ("wrong", "deadlock", "crash", "leak"),
    "drop-update": ("wrong", "deadlock", "crash", "leak"),
    "drop-call": ("wrong", "deadlock", "crash", "leak"),
    "shared-thread-local": ("race",),
    "atomic-to-plain": ("race",),
    "realtime-clock": ("wrong",),
    "relative-deadline": ("wrong",),
    "off-by-one": ("wrong", "deadlock", "crash"),
    "ignored-error": ("crash", "misuse", "leak", "wrong"),
    "drop-join": ("leak",),
    "double-close": ("crash", "misuse", "wrong"),
    "missing-free": ("leak", "wrong"),
    "mask-not-restored": ("crash", "wrong"),
}


class Judgements:
    """What was judged by hand, by a mutant's key."""

    def __init__(self):
        told = json.loads(JUDGEMENTS.read_text(encoding="utf-8"))
        self.equivalent = told["equivalent"]
        self.also = told["also"]  # {pattern of keys: {verdict: why it is true}}
        self.places = told["places"]  # {pattern of keys: {function: why it breaks there}}

    def kinds(self, mutant):
        more = [v for p, v in self.also.items() if fnmatch.fnmatchcase(mutant.key, p)]
        return {*KINDS[mutant.operator]}.union(*more)

    def broken(self, mutant):
        """Functions that break, though they name nothing that the mistake is about."""
        return [f for p, found in self.places.items() if fnmatch.fnmatchcase(mutant.key, p) for f in found]

    def unknown(self, mutants):
        """Keys that belong to no mutant: the solution has changed under them."""
        keys = [mutant.key for mutant in mutants]
        return [p for p in (*self.equivalent, *self.also, *self.places) if not fnmatch.filter(keys, p)]


def functions_named(mutant, right, broken):
    """{function: why a verdict may point at it} for a mutant of the right text.

    The mutated function itself; one that uses a member that the mistake is about,
    or that the mutated function is called for: there it breaks, as do those that
    were judged by hand (`broken`); and one that calls such a function: a test asks
    through it.
    """
    source = Source(right)
    bodies = {f.name: source.of(f.body) for f in source.functions}
    touched = set(re.findall(r"(?:->|\.)(\w+)", _changed_lines(mutant)))
    for body in bodies.values():  # what it is called for: init_monotonic(&r->end)
        for passed in re.findall(rf"\b{mutant.function}\(([^;]*)\)", body):
            touched |= set(re.findall(r"->(\w+)", passed))
    for called in set(re.findall(r"\b(\w+)\(", _changed_lines(mutant))) & set(bodies):
        touched |= set(re.findall(r"->(\w+)", bodies[called]))  # what it would have done
    places = {
        name: "broken" for name, body in bodies.items()
        if touched & set(re.findall(r"(?:->|\.)(\w+)", body))
    }  # fmt: skip
    places.update((name, "broken") for name in broken)
    asked = {mutant.function, *places}
    while True:
        more = {n for n, body in bodies.items() if any(re.search(rf"\b{a}\b", body) for a in asked)}
        if more <= asked:
            break
        asked |= more
    return {name: "asked" for name in asked} | places | {mutant.function: "own"}


def _changed_lines(mutant):
    lines = mutant.patch().split("\n")
    return "\n".join(line for line in lines if re.match(r"[-+] ", line))
