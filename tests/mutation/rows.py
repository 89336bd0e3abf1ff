"""From what was seen of a mutant, and what is true of it, to a row of the table."""

import blame
import grader
from expected import functions_named


def row(mutant, facts, judgements):
    """All that build/mutants.json says of one mutant."""
    kinds = sorted(judgements.kinds(mutant))
    whole = facts["whole"]
    tests = told(mutant, whole["failing"], judgements)
    first = as_shown(mutant, facts, tests, judgements)
    seeds = facts["seeds"].values()
    step = blame.step_of(mutant)
    costing = [test for test in tests if not test["charged_to"]]
    return {
        "name": mutant.name, "key": mutant.key, "chapter": mutant.chapter,
        "operator": mutant.operator, "function": mutant.function, "line": mutant.line,
        "fault": mutant.fault, "compiles": whole["compiles"],
        "equivalent": judgements.equivalent.get(mutant.key),
        "true_kinds": kinds, "killed": bool(tests),
        **{part: first.get(part) for part in ("verdict", "message", "points_at", "interleaving", "replays")},
        "test": first.get("name"),
        # No test says what is not so, and the one that counts points at the place.
        "right_reason": bool(tests) and all(t["true"] for t in (first, *tests)) and bool(first["points_at"]),
        "seeds": len(seeds), "seeds_killed": sum(seeds),
        "schedules": min((t["schedules"] for t in tests), default=None),
        "cpu_seconds": whole["cpu_seconds"], "usual_practice": facts["usual"],
        "step": step, "earlier_steps_tests": blame.earlier(step, [t["name"] for t in costing]),
        "tests": whole["tests"], "failing_tests": len(tests), "costing_tests": len(costing),
        "points_lost": sum(t["points"] for t in costing), "failing": tests,
    }  # fmt: skip


def as_shown(mutant, facts, tests, judgements):
    """The failing test that counts, as the student sees it; {}: none fails."""
    first = counting(tests)
    shown = facts["shown"].get(first["name"]) if first else None
    return told(mutant, [shown], judgements)[0] if shown else first or {}


def told(mutant, failing, judgements):
    """Each failing test with whether it tells the truth, and points at the place."""
    right = (grader.ROOT / mutant.path).read_text(encoding="utf-8")
    kinds = judgements.kinds(mutant)
    places = functions_named(mutant, right, judgements.broken(mutant)) if failing else {}
    return [
        {
            **test,
            "true": test["verdict"] in kinds,
            "points_at": sorted({places[f] for f in test["functions"] if f in places}),
        }
        for test in failing
    ]


def counting(tests):
    """The failing test that a mutant's verdict is taken from, if any fails."""
    return next((t for t in tests if t["true"] and t["points_at"]), tests[0] if tests else None)


def wrong_with(found, seeds):
    """Why a row does not count as it should; None: it does, as far as it goes."""
    if not found["compiles"]:
        return "does not compile, or cannot be graded"
    if found["equivalent"]:
        return f"is said to be equivalent, and {found['test']} fails" if found["killed"] else None
    if not found["killed"]:
        return f"lives: {found['fault']}"
    if not found["right_reason"]:
        test = next((t for t in found["failing"] if not t["true"]), found["failing"][0])
        return (f"{test['name']} says {test['verdict']} at {', '.join(test['functions']) or 'no line'}"
                f" ({test['message']}), shown as {found['verdict']};"
                f" true would be {', '.join(found['true_kinds'])}")  # fmt: skip
    if found["replays"] is False:
        return f"the failure of {found['test']} does not come again from its string"
    if found["seeds_killed"] < min(found["seeds"], seeds):
        return f"is killed with {found['seeds_killed']} of {found['seeds']} seeds"
    return None
