"""A demo against its page: the default order, many others, and the witness."""

from dataclasses import dataclass, field

import logjudge
import loglines
import logplay
import logwitness
from logrules import ANY, EXACT


@dataclass
class Found:
    """What the check of one page came to."""

    judgement: logjudge.Judgement
    run: logjudge.Run  # that the judgement is about
    told: str = ""  # how much was looked at
    schedules: int = 1  # that were played
    complete: bool = False  # there are no others
    kept: list = field(default_factory=list)  # (name, run), to be left for a person

    def line(self, index):
        """A line of the run, safe to be shown."""
        return loglines.plain(self.run.lines[index][0])


def mode_of(run, exact):
    """What a played run is held to. Exact: the program is the solution, whose
    default order is the book's; another right program may have another."""
    return EXACT if exact and run.schedule == logplay.DEFAULT else ANY


def check(player, page, seed=1, schedules=None, exact=False):
    """Play a demo; the first run that breaks a rule is told."""
    run = logplay.default(player, page)
    judgement = logjudge.judge(run, page, mode_of(run, exact))
    found = Found(judgement, run, "1 interleaving", kept=[(page.name, run)])
    if found.judgement.verdict == logjudge.PASS:
        _many(found, player, page, seed, schedules)
    if exact and page.witness and found.judgement.verdict == logjudge.PASS:
        _witness(found, player, page)
    return found


def _many(found, player, page, seed, schedules):
    """Equal runs are judged once."""
    played = logplay.many(player, page, seed, schedules)
    different = {}
    for run in played.runs:
        seen = b"".join(raw for raw, _ in run.lines), run.status, run.stopped, run.seconds
        different.setdefault(seen, run)
    found.schedules, found.complete = played.schedules, played.complete
    every = "all " if played.complete else ""
    found.told = (
        f"{every}{played.schedules} interleaving{'' if played.schedules == 1 else 's'}, {len(different)} different"
        f" log{'' if len(different) == 1 else 's'}"
    )
    for run in different.values():
        judgement = logjudge.judge(run, page, ANY)
        if judgement.verdict != logjudge.PASS:
            found.judgement, found.run = judgement, run
            return


def _witness(found, player, page):
    run = logplay.one(player, page, page.witness)
    found.kept.append((f"{page.name}-witness", run))
    found.told += ", one the book's own"
    judgement = logwitness.judge(run, page)
    if judgement.verdict != logjudge.PASS:
        found.judgement, found.run = judgement, run
