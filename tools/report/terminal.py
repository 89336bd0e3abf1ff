#!/usr/bin/env python3
"""Prints a results file for a person at a terminal.

    terminal.py RESULTS

Everything printed is made from that file alone. Colour only on a terminal, and
not with NO_COLOR; a verdict always stands there as a word.
"""

import json
import os
import sys
import textwrap

COLUMNS = 80
VERDICT_WIDTH = 13
DETAIL_LINES = 40  # of each text that a single test left behind
BOLD, RED, GREEN, YELLOW, DIM = "1", "31", "32", "33", "2"
COLOURS = {"pass": GREEN, "todo": DIM, "environment": YELLOW}


class Painter:
    """Colours, if they are wanted."""

    def __init__(self, stream):
        self.wanted = stream.isatty() and not os.environ.get("NO_COLOR")

    def __call__(self, text, code):
        return f"\033[{code}m{text}\033[0m" if self.wanted else text


def report(results, paint):
    """The lines to print."""
    for chapter in results["chapters"]:
        yield from _chapter(chapter, paint)
    tests = [t for c in results["chapters"] for step in c["steps"] for t in step["tests"]]
    if len(tests) == 1 and tests[0]["verdict"] not in ("pass", "todo"):
        yield from _details(tests[0])
    if results["environment"] is not None:
        yield from _environment(results["environment"])
        return
    yield from _score(results, paint)


def _chapter(chapter, paint):
    head = f"{chapter['name']}  {chapter['title']}"
    points = f"{chapter['points']:>3} / {chapter['of']}"
    yield paint(f"{head[: COLUMNS - 12]:<{COLUMNS - 10}}{points:>10}", BOLD)
    refused = _refused(chapter)
    if refused is not None:
        yield from _failure(refused, paint)
    elif _untouched(chapter):
        count = sum(len(step["tests"]) for step in chapter["steps"])
        steps = f"{_counted(len(chapter['steps']), 'step')}, {_counted(count, 'test')}"
        yield paint(f"  {'todo':<{VERDICT_WIDTH}}{steps}: nothing passes yet", DIM)
    else:
        # Those first that their own steps are charged with: there the mistake is.
        failing = sorted(_failing(chapter), key=lambda test: bool(test["charged_to"]))
        for step in chapter["steps"]:
            yield from _step(step, failing[:1], paint)
        if len(failing) > 1:
            yield "  One failure is shown whole. For another one:"
            yield from _command(failing[1]["command"])
    yield ""


def _failing(chapter):
    """Its tests that fail, in order."""
    tests = (test for step in chapter["steps"] for test in step["tests"])
    return [test for test in tests if test["verdict"] not in ("pass", "todo", "environment")]


def _untouched(chapter):
    return all(step["verdict"] == "todo" and step["points"] == 0 for step in chapter["steps"])


def _refused(chapter):
    """The one message for a file that could not be tested at all, if so."""
    tests = [test for step in chapter["steps"] for test in step["tests"]]
    if tests and all(test["verdict"] == "build" for test in tests):
        return {**tests[0], "name": chapter["file"], "points": chapter["of"],
                "command": tests[0]["command"].split(" TEST=")[0] + f" CHAPTER={chapter['name']}"}  # fmt: skip
    return None


def _step(step, whole, paint):
    """A step, and its tests: those in `whole` with all that helps."""
    points = f"{step['points']:>3} / {step['of']}"
    yield f"  {step['name'] + '  ' + step['title']:<{COLUMNS - 12}}{points:>10}"
    if step["verdict"] == "todo" and all(t["verdict"] == "todo" for t in step["tests"]):
        yield "    " + paint(f"{'todo':<{VERDICT_WIDTH}}", DIM) + _counted(len(step["tests"]), "test")
        return
    for test in step["tests"]:
        short = {**test, "name": test["name"].split("/", 1)[-1]}
        if test in whole:
            yield from _failure(short, paint)
        else:
            yield _line(short, paint)
    yield from _charged(step["tests"])


def _charged(tests):
    """That tests fail by the mistake of another step, and keep their points."""
    for step in sorted({test["charged_to"] for test in tests if test["charged_to"]}):
        count = sum(test["charged_to"] == step for test in tests)
        fail, keep = ("fails", "keeps its") if count == 1 else ("fail", "keep their")
        yield f"        {_counted(count, 'test')} above {fail} by a mistake in {step}, and {keep} points."


def _line(test, paint):
    verdict = paint(f"{test['verdict']:<{VERDICT_WIDTH}}", COLOURS.get(test["verdict"], RED))
    name = test["name"]
    return f"    {verdict}{name:<{COLUMNS - 15 - VERDICT_WIDTH}}{_points(test)}"


def _points(test):
    return f"{test['earned']:>2} / {test['points']}" if "earned" in test else ""


def _failure(test, paint):
    yield _line({**test, "earned": test.get("earned", 0)}, paint)
    if test["expected"] is not None:
        yield from _labelled("expected", test["expected"])
        yield from _labelled("seen", test["seen"])
    else:
        yield from _labelled("seen", test["message"])
    for index, line in enumerate(test["lines"][:3]):
        inside = f" in {line['function']}()" if line["function"] else ""
        yield from _labelled("at" if index == 0 else "and", f"{line['file']}:{line['line']}{inside}")
        if line["text"]:
            yield " " * 18 + line["text"][: COLUMNS - 18]
    yield from _labelled("again", test["command"])


def _labelled(label, text):
    wrapped = textwrap.wrap(
        text, COLUMNS - 18, break_long_words=False, break_on_hyphens=False
    )
    for index, line in enumerate(wrapped or [""]):
        yield f"        {label if index == 0 else '':<10}{line}"


def _details(test):
    """All there is to know of a test that was asked for by its name."""
    build = next((b for b in test["builds"] if b["verdict"] == test["verdict"]), None)
    if build is None:
        return
    if build["report"]:
        yield f"The build with the {build['sanitizer']} sanitizer said so."
        yield ""
    if build["explored"]:
        yield from _explored(test, build["explored"])
    yield from _quoted("What the test printed:", build["output"])
    yield from _quoted("The sanitizer's report:", build["report"])
    for stack in build["stacks"]:
        name = "The main thread" if stack["thread"] == 0 else f"Thread {stack['thread']}"
        yield from _quoted(f"{name} stood here, the innermost call first:",
                           "\n".join(_calls(stack["frames"])))  # fmt: skip
    yield ""


def _explored(test, found):
    """The failing interleaving; how it was found; how to see it again."""
    if not found["table"]:
        return
    by = f" by {found['found_by']}" if found["found_by"] else ""
    how = f"It was found{by} in schedule {found['schedules']}."
    if found["switches"] == 0 and ":." in found["schedule"]:
        yield f"It fails without a context switch. {how}"
    else:
        switches = _counted(found["switches"], "context switch", "context switches")
        yield f"The interleaving, made simple: {switches}."
        yield how
        yield "Time goes down; thread 0 is the test itself."
        yield ""
        yield from found["table"].splitlines()
    yield ""
    if test["interleaving"]:
        yield "See it again, step for step, or in a debugger with GDB=1:"
        yield from _command(f"{test['command'].replace('make check', 'make replay', 1)}"
                            f" SCHEDULE={test['interleaving']}")  # fmt: skip


def _command(words):
    """A command over as many lines as it needs, to be copied as it stands."""
    lines = textwrap.wrap(words, COLUMNS - 10, break_long_words=False, break_on_hyphens=False)
    for index, line in enumerate(lines):
        yield f"    {'' if index == 0 else '    '}{line}" + (" \\" if line != lines[-1] else "")


def _counted(number, one, many=None):
    return f"{number} {one if number == 1 else many or one + 's'}"


def _calls(frames):
    """A stack without the insides of libraries: of those only the call itself."""
    for frame, caller in zip(frames, [*frames[1:], None]):
        if _is_readable(frame):
            yield f"{frame['function']}()  {frame['file']}:{frame['line']}"
        elif caller is not None and _is_readable(caller):
            yield f"{frame['function'].replace('__interceptor_', '')}()"


def _is_readable(frame):
    """Is it a frame of the student's or of a test? Paths tell: ours are relative."""
    file = frame["file"] or "."
    return not file.startswith((".", "/", "tools/"))


def _quoted(title, text):
    """A student's program wrote this: it is shown as text, control codes and all."""
    lines = text.splitlines()
    if not lines:
        return
    yield ""
    yield title
    for line in lines[:DETAIL_LINES]:
        yield "    " + "".join(c if c.isprintable() else "?" for c in line.expandtabs())
    if len(lines) > DETAIL_LINES:
        yield f"    ... ({len(lines) - DETAIL_LINES} more lines, all in the results file)"


def _environment(trouble):
    yield "No score: this machine prevents grading."
    yield from textwrap.wrap(f"{trouble['message']}", COLUMNS, break_long_words=False)
    yield f"What to do: {trouble['remedy']}"


def _score(results, paint):
    score = results["score"]
    words = "".join(f"; {text}" for text in _troubles(results["chapters"]))
    yield paint(f"Score: {score['points']} of {score['of']} points{words}", BOLD)
    step = results["next"]
    if step is None:
        yield "Nothing is left to do here."
        return
    place = f"{step['file']}:{step['line']}" if step["line"] else step["file"]
    yield f"Next:  {step['step'] or step['chapter']}  {step['title']}"
    yield f"       {place}"
    yield f"       {step['command']}"
    if step["step"] and _is_among_others(step, results["chapters"]):
        yield "       The mistake may stand in another step that is written, before it or"
        yield "       behind it: look at the lines that are named."


def _troubles(chapters):
    """How many files could not be tested, and how many tests fail."""
    refused = [chapter for chapter in chapters if _refused(chapter)]
    failed = sum(len(_failing(chapter)) for chapter in chapters if chapter not in refused)
    if refused:
        yield _counted(len(refused), "file") + " could not be tested"
    if failed:
        yield _counted(failed, "test fails", "tests fail")


def _is_among_others(step, chapters):
    """Does the step fail, while others in its chapter are written, and is it not
    known that the mistake is in this one?"""
    steps = [s for c in chapters if c["name"] == step["chapter"] for s in c["steps"]]
    if any(test["charged_to"] == step["step"] for s in steps for test in s["tests"]):
        return False
    own = [s for s in steps if s["name"] == step["step"]]
    return bool(own) and own[0]["verdict"] != "todo" and any(
        s["verdict"] != "todo" for s in steps if s not in own)  # fmt: skip


def main():
    if len(sys.argv) != 2:
        print("usage: terminal.py RESULTS", file=sys.stderr)
        return 2
    try:
        with open(sys.argv[1], encoding="utf-8") as stream:
            results = json.load(stream)
    except (OSError, ValueError) as error:
        print(f"{sys.argv[1]}: no results file: {error}", file=sys.stderr)
        return 2
    version = results.get("schema") if isinstance(results, dict) else None
    if version != 1:
        print(f"{sys.argv[1]}: results of another version (schema {version})", file=sys.stderr)
        return 2
    try:
        for line in report(results, Painter(sys.stdout)):
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
