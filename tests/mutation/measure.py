#!/usr/bin/env python3
"""Grades every derived mutant; prints the table, writes build/mutants.json.

    measure.py [--chapter NAME] [--name NAME] [--seed N] [--seeds N] [--no-usual]
               [--cc CC] [--jobs N] [--so-far] [--out FILE]

Each mutant is graded with the first seed and shown, graded with the other seeds,
and tried by the usual practice. What was measured is kept in build/mutation/facts/,
so a run that was ended goes on where it was. --so-far measures nothing more and
prints what there is. --name takes one mutant, one of its operators in a chapter
(pool/drop-lock) or a key of judgements.json. Exit status: 0 if every mutant that
is not equivalent is killed with every seed, for the right reason, and replays;
1 if not; 2 if it is not known yet.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]
import grader  # noqa: E402
from derive import CHAPTERS, ROOT, derive_all  # noqa: E402
from expected import Judgements  # noqa: E402

import figures  # noqa: E402
import files  # noqa: E402  (the book's tools, found by way of grader)
import results as grading_results  # noqa: E402
from facts import Facts  # noqa: E402
from rows import counting, row, told, wrong_with  # noqa: E402

OUT = ROOT / "build/mutants.json"
SEEDS = 20
EVERY = 20  # mutants between two lines of progress, where there is no terminal


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--chapter", default="", choices=["", *CHAPTERS])
    parser.add_argument("--name", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--no-usual", dest="usual", action="store_false")
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--so-far", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args(argv)


def select(mutants, call):
    """The part that was asked for."""
    chosen = [
        m for m in mutants
        if call.chapter in ("", m.chapter) and (m.name == call.name or m.name.startswith(call.name + "-")
                                                or call.name in ("", m.key))
    ]  # fmt: skip
    if not chosen:
        raise SystemExit(f"no mutant is called '{call.name}'; `tests/mutation/derive.py` prints them")
    return chosen


# --- Measuring: in a process of its own, since CPU time is taken by process ---


def take(mutant, call):
    """Graded with the first seed, shown and replayed; by the usual practice; with
    the other seeds. What has been measured before is not measured again."""
    facts = Facts(mutant, call)
    with grader.Build(mutant, call.cc) as built:
        if facts["whole"] is None:
            facts.keep("whole", grader.whole(built, call.seed))
            facts.keep("seeds", {str(call.seed): facts.was_killed()})
        if name := to_show(mutant, facts):
            facts.keep("shown", {**facts["shown"], name: grader.shown(built, name, call.seed)})
        if seeds := missing_seeds(facts, call):
            killed = grader.kills(built, seeds, facts["whole"]["failing"])
            facts.keep("seeds", {**facts["seeds"], **{str(seed): k for seed, k in killed.items()}})
        if call.usual and facts["usual"] is None:
            facts.keep("usual", grader.usual(built, facts["whole"]["cpu_seconds"]))
    return mutant


def to_show(mutant, facts):
    """The failing test that counts, unless it has been shown."""
    failure = counting(told(mutant, facts["whole"]["failing"], Judgements()))
    return failure["name"] if failure and failure["name"] not in facts["shown"] else None


def missing_seeds(facts, call):
    """Those that are still to be tried, the last ones; one that lives needs none."""
    wanted = range(call.seed, call.seed + call.seeds)
    return [seed for seed in wanted if str(seed) not in facts["seeds"] and facts.was_killed()]


def unmeasured(mutants, call):
    """Those of which something is still to be measured, in order."""
    for mutant in mutants:
        facts = Facts(mutant, call)
        if (facts["whole"] is None or to_show(mutant, facts) or missing_seeds(facts, call)
                or (call.usual and facts["usual"] is None)):  # fmt: skip
            yield mutant


def measure(mutants, call):
    """One mutant after the other; what is wrong is said at once."""
    todo = list(unmeasured(mutants, call))
    judgements = Judgements()
    if todo:
        grader.build("solutions", call.cc)  # once, what all of them share
        if call.usual:
            grader.build("solutions", call.cc, free=True)
    started, said = time.monotonic(), set()
    with ProcessPoolExecutor(call.jobs) as pool:
        orders = [pool.submit(take, mutant, call) for mutant in todo]
        try:
            for done, order in enumerate(as_completed(orders), 1):
                mutant = order.result()
                trouble = wrong_with(row(mutant, Facts(mutant, call), judgements), call.seeds)
                if trouble and (mutant.name, trouble) not in said:
                    said.add((mutant.name, trouble))
                    print(f"{mutant.name}\n    {trouble}", flush=True)
                progress(done, len(todo), time.monotonic() - started)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def progress(done, total, seconds):
    left = seconds / done * (total - done) / 60
    text = f"{done} of {total} mutants, about {left:.0f} minutes left"
    if sys.stderr.isatty():
        print(f"\r\033[K{text}\r", end="", file=sys.stderr, flush=True)
    elif done % EVERY == 0:
        print(text, file=sys.stderr, flush=True)


# --- The call ----------------------------------------------------------------


def main(argv):
    call = parse(argv)
    mutants = derive_all()
    if unknown := Judgements().unknown(mutants):
        raise SystemExit(f"judgements.json names no mutant: {', '.join(sorted(unknown))}")
    chosen = select(mutants, call)
    if not call.so_far:
        try:
            measure(chosen, call)
        except KeyboardInterrupt:
            print("\nended before all was measured", file=sys.stderr)
    return tell(chosen, call, mutants)


def tell(chosen, call, derived):
    judgements = Judgements()
    measured = [(m, Facts(m, call)) for m in chosen]
    rows = [row(m, facts, judgements) for m, facts in measured if facts["whole"] is not None]
    complete = not list(unmeasured(chosen, call))
    found = figures.document(rows, call, complete, derived)
    files.write_whole(call.out, grading_results.json.dumps(found, indent=1).encode() + b"\n")
    print(*figures.table(rows), sep="\n")
    print(*figures.summary(found), sep="\n")
    failed = sum(wrong_with(row, call.seeds) is not None for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0 if complete else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
