"""build/results.json: everything that was found, for every other output."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import source
import verdicts

sys.path.insert(0, str(source.ROOT / "tools/book"))
import files  # noqa: E402  (the book's tools stand in a folder of their own)

SCHEMA = 1
EXIT_FINE, EXIT_FAILED, EXIT_ENVIRONMENT = 0, 1, 2


def version():
    """The workbook's version."""
    return (source.ROOT / "tools/VERSION").read_text(encoding="utf-8").strip()


def compiler(cc):
    """The compiler's own name for itself."""
    try:
        done = subprocess.run([cc, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return cc
    return (done.stdout.splitlines() or [cc])[0]


def again(call, what):
    """The command that grades just this, as it was called."""
    words = ["make check"]
    if call.impl != "chapters":
        words.append(f"IMPL={call.impl}")
    if call.cc != "gcc":
        words.append(f"CC={call.cc}")
    if call.more:
        words.append(f"TESTS={call.more}")
    return " ".join([*words, what])


def test_entry(call, test, merged, builds):
    """One test; `builds` are (sanitizer, verdict, outcome or None)."""
    earned = test.points if merged.verdict == "pass" else 0
    return {
        "name": test.name,
        "chapter": test.chapter,
        "step": test.step,
        "points": test.points,
        "earned": earned,
        "charged_to": None,
        "verdict": merged.verdict,
        "message": merged.message,
        "expected": merged.expected,
        "seen": merged.seen,
        "lines": merged.lines,
        "schedules": sum(o.explored.schedules if o.explored else 1 for _, _, o in builds if o),
        "strategy": call.scheduler,
        "seed": call.seed if call.scheduler == "explored" else None,
        "interleaving": _interleaving(merged, builds),
        "seconds": round(sum(o.seconds for _, _, o in builds if o), 4),
        "command": again(call, f"TEST={test.name}"),
        "builds": [_build(*build) for build in builds if not test.log],
    }


def _interleaving(merged, builds):
    """The schedule that shows the failure, with the letter of its build."""
    for sanitizer, verdict, outcome in builds:
        if verdict is merged and outcome and outcome.explored and outcome.explored.schedule:
            return sanitizer[0] + outcome.explored.schedule
    return None


def _explored(outcome):
    found = outcome.explored if outcome else None
    return found and {
        "schedules": found.schedules,
        "strategies": [
            {"name": name, "schedules": run, "distinct": distinct}
            for name, run, distinct in found.strategies
        ],
        "found_by": found.strategy,
        "complete": found.complete,
        "bound": found.bound,
        "switches": found.switches,
        "schedule": found.schedule,
        "table": found.table,
    }


def _build(sanitizer, verdict, outcome):
    return {
        "sanitizer": sanitizer,
        "verdict": verdict.verdict,
        "message": verdict.message,
        "lines": verdict.lines,
        "report": outcome.report if outcome else "",
        "output": outcome.output if outcome else "",
        "stacks": [
            {
                "thread": stack["thread"],
                "frames": [
                    {"function": f["function"], "file": f["file"], "line": f["line"]}
                    for f in stack["frames"]
                ],
            }
            for stack in (outcome.stacks if outcome else [])
        ],
        "explored": _explored(outcome),
        "seconds": round(outcome.seconds, 4) if outcome else 0.0,
    }


def chapter_entry(chapter, exercise, tests):
    """One chapter of the manifest; `tests` are the entries of those that ran."""
    steps = [_step(step, [t for t in tests if t["step"] == step.name]) for step in chapter.steps]
    steps = [step for step in steps if step["tests"]]
    return {
        "name": chapter.name,
        "folder": chapter.folder,
        "title": chapter.title,
        "file": exercise.name,
        "points": sum(step["points"] for step in steps),
        "of": sum(step["of"] for step in steps),
        "steps": steps,
    }


def _step(step, tests):
    found = [test["verdict"] for test in tests]
    verdict = "environment" if "environment" in found else min(
        found, key=verdicts.ORDER.index, default="todo"
    )  # fmt: skip
    return {
        "name": step.name,
        "title": step.title,
        "book": step.book,
        "points": sum(test["earned"] for test in tests),
        "of": sum(test["points"] for test in tests),
        "verdict": verdict,
        "tests": tests,
    }


def document(chapters, call, manifest, started, seconds):
    """The whole file. `call` is what was asked for (impl, cc)."""
    tests = [t for chapter in chapters for step in chapter["steps"] for t in step["tests"]]
    trouble = next((t for t in tests if t["verdict"] == "environment"), None)
    failed = [t for t in tests if t["verdict"] in verdicts.FAILURES]
    return {
        "schema": SCHEMA,
        "workbook": version(),
        "impl": call.impl,
        "cc": compiler(call.cc),
        "scheduler": call.scheduler,
        "started": datetime.datetime.fromtimestamp(started, datetime.timezone.utc).isoformat(
            timespec="seconds"
        ),
        "seconds": round(seconds, 3),
        "score": {
            "points": sum(chapter["points"] for chapter in chapters),
            "of": sum(chapter["of"] for chapter in chapters),
            "attempted_failures": len(failed),
        },
        "exit": EXIT_ENVIRONMENT if trouble else EXIT_FAILED if failed else EXIT_FINE,
        "environment": None
        if trouble is None
        else {"message": trouble["message"], "remedy": "make doctor"},
        "next": _next(chapters) or _next_behind(chapters, call, manifest),
        "chapters": chapters,
    }


def _next(chapters):
    """The first step with something left to do."""
    for chapter in chapters:
        for step in chapter["steps"]:
            if all(test["verdict"] == "pass" or test["charged_to"] for test in step["tests"]):
                continue
            if step["verdict"] == "build":
                return _next_to_build(chapter, step["tests"][0])
            return _next_step(chapter["name"], step["name"], step["title"], chapter["file"])
    return None


def _next_behind(chapters, call, manifest):
    """The step behind the one, or behind the chapters, that were graded whole."""
    steps = [(chapter, step) for chapter in manifest.chapters for step in chapter.steps]
    if call.test or not chapters:
        return None
    last = call.step or manifest.chapter(chapters[-1]["name"]).steps[-1].name
    at = [step.name for _, step in steps].index(last) + 1
    if at == len(steps):
        return None
    chapter, step = steps[at]
    exercise = source.Exercise(chapter, call.impl)
    if not exercise.path.exists():
        return None
    return _next_step(chapter.name, step.name, step.title, exercise.name)


def _next_step(chapter, step, title, file):
    return {
        "chapter": chapter,
        "step": step,
        "title": title,
        "file": file,
        "line": _todo_line(file, step),
        "command": f"make hint CHAPTER={chapter} STEP={step}",
    }


def _next_to_build(chapter, test):
    """A file that could not be tested is the next thing to do."""
    own = [line for line in test["lines"] if line["file"] == chapter["file"]]
    return {
        "chapter": chapter["name"],
        "step": None,
        "title": "This file cannot be tested yet",
        "file": chapter["file"],
        "line": own[0]["line"] if own else None,
        "command": test["command"].split(" TEST=")[0] + f" CHAPTER={chapter['name']}",
    }


def _todo_line(file, step):
    """Where the step's TODO stands; None once it is gone."""
    try:
        text = (source.ROOT / file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for number, line in enumerate(text.splitlines(), 1):
        if f"TODO {step}:" in line:
            return number
    return None


def write(path, results):
    """Whole or not at all."""
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    files.write_whole(Path(path), text.encode())
