"""A judgement for a person: lines in context as good, wrong or missing."""

import loglines
from logjudge import BROKEN, PASS, TODO

CONTEXT = 3  # good lines shown around one that is not
MOST = 12  # lines shown that are not good

_COLOURS = {"good": "32", "wrong": "31", "missing": "33"}


def text(run):
    """All that a run has printed, safe to be shown."""
    return "".join(f"{loglines.plain(raw)}\n" for raw, _ in run.lines)


def summary(name, judgement, note=""):
    """One line about a run."""
    told = {
        PASS: "keeps every rule",
        TODO: f"todo: step {judgement.words} is not written yet",
        BROKEN: f"broken: {judgement.words}",
    }[judgement.verdict]
    return f"{name:<18}{told}" + (f"  ({note})" if note else "")


def details(judgement, run, colour=False):
    """The lines under a broken run's summary."""
    shown = [f"  {judgement.detail}"]
    if judgement.breach is not None:
        shown += _in_context(judgement.breach, [raw for raw, _ in run.lines], colour)
    if run.stderr:
        shown.append("  the program's last words on stderr:")
        last = run.stderr.splitlines()[-CONTEXT:]
        shown += [f"      {loglines.plain(line)}" for line in last]
    return "\n".join(shown)


def _in_context(breach, raws, colour):
    marked = _marked(breach, raws)
    bad = [i for i, (mark, _, _) in enumerate(marked) if mark != "good"][:MOST]
    near = {j for i in bad for j in range(i - CONTEXT, i + CONTEXT + 1)}
    skipped = 0
    for index, (mark, text, note) in enumerate(marked):
        if index not in near:
            skipped += 1
            continue
        if skipped:
            yield _skipped(skipped)
        skipped = 0
        yield _row(mark, text, note, colour)
    if skipped:
        yield _skipped(skipped)


def _skipped(count):
    return f"      ... {count} line{'s' if count > 1 else ''} ..."


def _row(mark, text, note, colour):
    word = f"{mark:<8}"
    if colour:
        word = f"\x1b[{_COLOURS[mark]}m{word}\x1b[0m"
    return f"  {word}{text}" + (f"   <- {note}" if note else "")


def _marked(breach, raws):
    """(mark, text, note) of each line, the missing ones where they should be."""
    missing = list(breach.missing)
    rows = []
    for index, raw in enumerate(raws):
        rows += [("missing", text, "") for at, text in missing if at == index]
        mark = "wrong" if index in breach.wrong else "good"
        rows.append((mark, loglines.plain(raw), breach.wrong.get(index, "")))
    rows += [("missing", text, "") for at, text in missing if at >= len(raws)]
    return rows
