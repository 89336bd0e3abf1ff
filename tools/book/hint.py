"""Hints that grow stronger each time they are asked for."""

import json
import re
import textwrap

import errors
import files

SHOWN = "build/hints.json"  # step name -> how many of its hints were shown
WIDTH = 76


def next_hint(manifest, chapter_name, step_name, impl):
    """The text to print for `make hint CHAPTER= STEP=`."""
    step = _choose(manifest, chapter_name, step_name, impl)
    if step is None:
        where = f"chapter '{chapter_name}'" if chapter_name else "the workbook"
        return f"Every step of {where} is written; `make check` says how well."
    shown = _read(manifest.root / SHOWN)
    before = shown.get(step.name)
    count = min(before + 1 if isinstance(before, int) else 1, len(step.hints))
    shown[step.name] = count
    _remember(manifest.root / SHOWN, shown)
    return _told(step, count)


def _choose(manifest, chapter_name, step_name, impl):
    """The step asked for, else the first that is not right yet."""
    if step_name:
        step = manifest.step(step_name)
        if chapter_name and manifest.chapter(chapter_name).name != step.chapter:
            raise errors.CallError(
                f"step '{step.name}' belongs to chapter '{step.chapter}',"
                f" not to '{chapter_name}'"
            )
        return step
    if chapter_name:
        chapters = [manifest.chapter(chapter_name)]
    else:
        chapters = manifest.chapters
    verdicts = _verdicts(manifest, impl)
    for chapter in chapters:
        unwritten = _unwritten(manifest.root / impl / chapter.file)
        for step in chapter.steps:
            if step.name in unwritten or verdicts.get(step.name, "pass") not in ("pass", "todo"):
                return step
    return None


def _unwritten(path):
    """Names of the steps whose step_todo() still stands in a student's file."""
    text = files.read_bytes(path).decode("utf-8", "replace")
    return set(re.findall(r'\bstep_todo\(\s*"([^"]+)"', text))


def _verdicts(manifest, impl):
    """Each step's verdict in the last check of the same files, if there is one."""
    results = _read(manifest.root / "build/results.json")
    if results.get("impl") != str(impl):
        return {}
    try:
        return {
            step["name"]: step["verdict"]
            for chapter in results["chapters"]
            for step in chapter["steps"]
        }
    except (KeyError, TypeError):
        return {}


def _read(path):
    """A JSON object that may be missing or spoiled: it only remembers."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _remember(path, shown):
    """Keep what was shown; a hint is worth printing even if that fails."""
    try:
        files.write_whole(path, json.dumps(shown, indent=1, sort_keys=True).encode() + b"\n")
    except OSError:
        pass


def _told(step, count):
    lines = [f"{step.name}  {step.title}", ""]
    for number, text in enumerate(step.hints[:count], 1):
        lines += textwrap.wrap(
            text, WIDTH, initial_indent=f"  {number}. ", subsequent_indent="     "
        )
    lines.append("")
    left = len(step.hints) - count
    if left:
        again = f"make hint CHAPTER={step.chapter} STEP={step.name}"
        lines.append(f"{left} more: {again}")
    else:
        lines.append(f"That is the last hint; the book says more: book.md#{step.book}.")
    return "\n".join(lines)
