#!/usr/bin/env python3
"""Grades every derived mutant; prints the table, writes build/mutants.json.

    measure.py [--chapter NAME] [--name NAME] [--sample N] [--seed N] [--seeds N]
               [--no-usual] [--cc CC] [--jobs N] [--out FILE]

--sample takes about N mutants, spread evenly and always the same; --seeds asks
with that many seeds whether each is killed every time. Exit status: 0 if every
mutant is killed that is not equivalent, for the right reason, and replays.
"""

import argparse
import os
import statistics
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]
import grader  # noqa: E402
from derive import CHAPTERS, ROOT, derive_all  # noqa: E402
from expected import Judgements  # noqa: E402
from operators import OPERATORS  # noqa: E402

import files  # noqa: E402  (the book's tools, found by way of grader)
import results as grading_results  # noqa: E402

OUT = ROOT / "build/mutants.json"
NAMES = [operator.__name__.replace("_", "-") for operator in OPERATORS]


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--chapter", default="", choices=["", *CHAPTERS])
    parser.add_argument("--name", default="")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--no-usual", dest="usual", action="store_false")
    parser.add_argument("--keep", action="store_true", help="leave the mutants in build/mutation/")
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
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
    return sample(chosen, call.sample) if call.sample else chosen


def sample(mutants, size):
    """About `size` of them: of each operator in turn the next, evenly spread."""
    waiting = {}
    for mutant in mutants:
        waiting.setdefault(mutant.operator, []).append(mutant)
    for several in waiting.values():  # from all chapters, not the first's alone
        several.sort(key=lambda m: (m.place, CHAPTERS.index(m.chapter), m.line, m.name))
    chosen = []
    while any(waiting.values()) and len(chosen) < size:
        chosen += [several.pop(0) for several in waiting.values() if several]
    return chosen[:size]


# --- Figures -----------------------------------------------------------------


def document(rows, call):
    """What build/mutants.json says."""
    real = [row for row in rows if not row["equivalent"]]
    killed = [row for row in real if row["killed"]]
    return {
        "workbook": grading_results.version(), "cc": grading_results.compiler(call.cc),
        "seed": call.seed, "seeds": call.seeds,
        "total": len(rows), "equivalent": len(rows) - len(real), "killed": len(killed),
        "right_reason": sum(row["right_reason"] for row in killed),
        "replayed": sum(row["replays"] for row in killed),
        "every_time": sum(row["seeds_killed"] == call.seeds for row in killed),
        "killed_by_usual_practice": sum(row["usual_practice"]["killed"] for row in real)
        if call.usual else None,
        "failing_tests_mean": mean(row["failing_tests"] for row in killed),
        "points_lost_mean": mean(row["points_lost"] for row in killed),
        "cpu_seconds": round(sum(row["cpu_seconds"] for row in rows), 1),
        "mutants": rows,
    }  # fmt: skip


def mean(values):
    values = list(values)
    return round(statistics.mean(values), 2) if values else None


HEAD = (f"{'':24} {'killed':>9} {'right':>5} {'replay':>6} {'schedules':>12} {'CPU s':>7}"
        f" {'usual':>6} {'CPU s':>7} {'tests':>6}  by")  # fmt: skip


def table(rows, call):
    """Lines: for each chapter, for each operator, and for all."""
    yield HEAD
    yield f"{'':24} {'':9} {'':5} {'':6} {'median worst':>12} {'':7} {'':6} {'':7} {'fail':>6}"
    groups = [(c, [r for r in rows if r["chapter"] == c]) for c in CHAPTERS]
    groups += [(o, [r for r in rows if r["operator"] == o]) for o in NAMES]
    for name, group in [*groups, ("all", rows)]:
        if group:
            yield line(name, group, call)


def line(name, rows, call):
    real = [row for row in rows if not row["equivalent"]]
    killed = [row for row in real if row["killed"]]
    needed = [row["schedules"] for row in killed] or [0]
    kinds = Counter(row["verdict"] for row in killed)
    usual = [row["usual_practice"] for row in real] if call.usual else []
    return (
        f"{name:24} {f'{len(killed)}/{len(real)}':>9} {sum(r['right_reason'] for r in killed):5}"
        f" {sum(r['replays'] for r in killed):6}"
        f" {statistics.median(needed):>6.0f} {max(needed):5} {sum(r['cpu_seconds'] for r in real):7.1f}"
        f" {sum(u['killed'] for u in usual) if call.usual else '-':>6}"
        f" {sum(u['cpu_seconds'] for u in usual):7.1f} {mean(r['failing_tests'] for r in killed) or 0:6.1f}"
        f"  {', '.join(f'{kind} {n}' for kind, n in kinds.most_common())}"
    )


def wrong_with(row, call):
    """Why a row does not count as it should; None: it does."""
    if not row["compiles"]:
        return f"does not compile, or cannot be graded: {row['message']}"
    if row["equivalent"]:
        return f"is said to be equivalent, and {row['test']} fails" if row["killed"] else None
    if not row["killed"]:
        return f"lives: {row['fault']}"
    if not row["right_reason"]:
        test = next((t for t in row["failing"] if not t["true"]), row["failing"][0])
        return (f"{test['test']} says {test['verdict']} at {', '.join(test['functions']) or 'no line'}"
                f" ({test['message']}); true would be {', '.join(row['true_kinds'])}")  # fmt: skip
    if not row["replays"]:
        return f"the failure of {row['test']} does not come again from its string"
    if row["seeds_killed"] != call.seeds:
        return f"is killed with {row['seeds_killed']} of {call.seeds} seeds"
    return None


def run(mutants, call):
    """The rows, in the order of the mutants; what is wrong is said at once."""
    judgements = Judgements()
    grader.build("solutions", call.cc)  # once, what all of them share
    if call.usual:
        grader.build("solutions", call.cc, free=True)
    rows = []
    with ProcessPoolExecutor(call.jobs) as pool:
        orders = [pool.submit(grader.judge, mutant, judgements, call) for mutant in mutants]
        for order in orders:
            rows.append(order.result())
            if sys.stderr.isatty():
                print(f"\r\033[K{len(rows)}/{len(mutants)}\r", end="", file=sys.stderr)
            if trouble := wrong_with(rows[-1], call):
                print(f"{rows[-1]['name']}\n    {trouble}", flush=True)
    return rows


def main(argv):
    call = parse(argv)
    mutants = derive_all()
    if unknown := Judgements().unknown(mutants):
        raise SystemExit(f"judgements.json names no mutant: {', '.join(sorted(unknown))}")
    rows = run(select(mutants, call), call)
    found = document(rows, call)
    files.write_whole(call.out, grading_results.json.dumps(found, indent=1).encode() + b"\n")
    print(*table(rows, call), sep="\n")
    print(f"{found['total']} mutants, {found['equivalent']} of them equivalent; {found['killed']} killed,"
          f" {found['right_reason']} for the right reason, {found['replayed']} replayed"
          f", {found['every_time']} with every one of {call.seeds} seeds")  # fmt: skip
    failed = sum(wrong_with(row, call) is not None for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
