"""From what was seen of a mutant, and what is true of it, to a row of the table."""

import grader
from expected import functions_named


def row(mutant, facts, judgements):
    """All that build/mutants.json says of one mutant."""
    kinds = sorted(judgements.kinds(mutant))
    whole = facts["whole"]
    tests = told(mutant, whole["failing"], kinds)
    first = counting(tests)
    seeds = facts["seeds"].values()
    return {
        "name": mutant.name, "key": mutant.key, "chapter": mutant.chapter,
        "operator": mutant.operator, "function": mutant.function, "line": mutant.line,
        "fault": mutant.fault, "compiles": whole["compiles"],
        "equivalent": judgements.equivalent.get(mutant.key),
        "true_kinds": kinds, "killed": bool(tests),
        **{part: first and first[part] for part in ("verdict", "message", "points_at", "interleaving")},
        "test": first and first["name"],
        # No test says what is not so, and the one that counts points at the place.
        "right_reason": bool(tests) and all(t["true"] for t in tests) and bool(first["points_at"]),
        "replays": facts["replays"].get(first["name"]) if first else None,
        "seeds": len(seeds), "seeds_killed": sum(seeds),
        "schedules": min((t["schedules"] for t in tests), default=None),
        "cpu_seconds": whole["cpu_seconds"], "usual_practice": facts["usual"],
        "tests": whole["tests"], "failing_tests": len(tests),
        "points_lost": sum(t["points"] for t in tests), "failing": tests,
    }  # fmt: skip


def told(mutant, failing, kinds):
    """Each failing test with whether it tells the truth, and points at the place."""
    right = (grader.ROOT / mutant.path).read_text(encoding="utf-8")
    places = functions_named(mutant, right) if failing else {}
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
                f" ({test['message']}); true would be {', '.join(found['true_kinds'])}")  # fmt: skip
    if not found["replays"]:
        return f"the failure of {found['test']} does not come again from its string"
    if found["seeds_killed"] < min(found["seeds"], seeds):
        return f"is killed with {found['seeds_killed']} of {found['seeds']} seeds"
    return None
