"""The figures over many mutants: the table, and build/mutants.json."""

import statistics
from collections import Counter

from derive import CHAPTERS
from operators import OPERATORS

import results as grading_results  # (the harness, found by way of grader)

NAMES = [operator.__name__.replace("_", "-") for operator in OPERATORS]
HEAD = (
    f"{'':22} {'killed':>9} {'right':>5} {'re-':>5}  {'schedules':>11} {'CPU':>7}  {'usual practice':>16}"
    f" {'tests':>11}\n"
    f"{'':22} {'':9} {'reason':>6}{'play':>5} {'median worst':>12} {'s':>7}  {'killed':>7} {'CPU s':>8}"
    f" {'fail':>5} {'cost':>5}  verdicts"
)


def document(rows, call, complete, derived):
    """What build/mutants.json says. `derived` are all mutants that there are."""
    applied = {mutant.operator for mutant in derived}
    real = [row for row in rows if not row["equivalent"]]
    killed = [row for row in real if row["killed"]]
    tried = [row["usual_practice"] for row in real if row["usual_practice"]]
    return {
        "workbook": grading_results.version(), "cc": grading_results.compiler(call.cc),
        "seed": call.seed, "seeds": call.seeds, "complete": complete,
        "total": len(rows), "equivalent": len(rows) - len(real), "killed": len(killed),
        "right_reason": sum(row["right_reason"] for row in killed),
        "right_reason_at_the_mutated_function": sum(
            row["right_reason"] and "own" in row["points_at"] for row in killed),
        "replayed": sum(bool(row["replays"]) for row in killed),
        "every_time": sum(row["seeds_killed"] == call.seeds for row in killed),
        "tried_by_usual_practice": len(tried),
        "killed_by_usual_practice": sum(usual["killed"] for usual in tried),
        "failing_tests_mean": _mean(row["failing_tests"] for row in killed),
        "costing_tests_mean": _mean(row["costing_tests"] for row in killed),
        "points_lost_mean": _mean(row["points_lost"] for row in killed),
        "earlier_steps_blamed": sum(bool(row["earlier_steps_tests"]) for row in killed),
        "cpu_seconds": round(sum(row["cpu_seconds"] for row in rows), 1),
        "cpu_seconds_of_usual_practice": round(sum(usual["cpu_seconds"] for usual in tried), 1),
        "operators_without_a_place": [name for name in NAMES if name not in applied],
        "mutants": rows,
    }  # fmt: skip


def _mean(values):
    values = list(values)
    return round(statistics.mean(values), 2) if values else None


def table(rows):
    """Lines: for each chapter, for each operator, and for all."""
    yield HEAD
    for name in CHAPTERS:
        yield from _line(name, [row for row in rows if row["chapter"] == name])
    yield ""
    for name in NAMES:
        group = [row for row in rows if row["operator"] == name]
        yield from _line(name, group)
    yield ""
    yield from _line("all", rows)


def _line(name, rows):
    if not rows:
        return
    real = [row for row in rows if not row["equivalent"]]
    killed = [row for row in real if row["killed"]]
    needed = [row["schedules"] for row in killed] or [0]
    kinds = Counter(row["verdict"] for row in killed)
    tried = [row["usual_practice"] for row in real if row["usual_practice"]]
    usual = f"{sum(u['killed'] for u in tried)}/{len(tried)}" if tried else "-"
    yield (
        f"{name:22} {f'{len(killed)}/{len(real)}':>9} {sum(r['right_reason'] for r in killed):6}"
        f"{sum(bool(r['replays']) for r in killed):5}"
        f" {statistics.median(needed):>6.0f} {max(needed):5} {sum(r['cpu_seconds'] for r in real):7.1f}"
        f"  {usual:>7} {sum(u['cpu_seconds'] for u in tried):8.1f}"
        f" {_mean(r['failing_tests'] for r in killed) or 0:5.1f}"
        f" {_mean(r['costing_tests'] for r in killed) or 0:5.1f}"
        f"  {', '.join(f'{kind} {n}' for kind, n in kinds.most_common())}"
    )


def summary(found):
    """The document's figures in words."""
    yield (f"{found['total']} mutants, {found['equivalent']} of them equivalent to the solution;"
           f" {found['killed']} killed, {found['right_reason']} for the right reason"
           f" ({found['right_reason_at_the_mutated_function']} at the mutated function itself),"
           f" {found['replayed']} replayed, {found['every_time']} with every one of"
           f" {found['seeds']} seeds;")  # fmt: skip
    yield (f"the usual practice killed {found['killed_by_usual_practice']} of the"
           f" {found['tried_by_usual_practice']} that it was tried on.")  # fmt: skip
    yield (f"A kill fails {found['failing_tests_mean']} tests on average; {found['costing_tests_mean']} of them"
           f" cost points, {found['points_lost_mean']} of a chapter's 100. {found['earlier_steps_blamed']} kills"
           f" cost points in a step before the faulty one.")  # fmt: skip
    if found["operators_without_a_place"]:
        yield f"No place in the solutions for: {', '.join(found['operators_without_a_place'])}."
    if not found["complete"]:
        yield "These figures are partial: the same command goes on from here."
