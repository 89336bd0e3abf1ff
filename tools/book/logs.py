#!/usr/bin/env python3
"""The demos' logs, held against the book's (make logs).

    logs.py run --demos DIR [--out DIR] [CHAPTER ...]
        runs DIR/<chapter>.demo in real time, side by side, the runner also with
        a Ctrl-C typed on a terminal; what they print is left under --out
    logs.py judge NAME FILE [--status N] [--seconds S] [--exact]
        judges a log that was kept in a file; --exact: of a virtual clock
    logs.py rules
        checks the pages of rules and the book's logs themselves

Exit status: 0 every rule is kept (or the step is not written yet), 1 a rule is
broken, 2 the call cannot be answered.
"""

import argparse
import os
import sys
from pathlib import Path

import errors
import files
import logjudge
import logrules
import logrun
import logshow

LOGS = "tests/logs"


def run(arguments):
    """Run the demos, judge each as it ends, and sum up."""
    pages = _wanted(logrules.load_all(arguments.root / LOGS, arguments.root), arguments.chapter)
    verdicts = [_not_built(page) for page in pages if not _is_built(arguments.demos, page)]
    pages = [page for page in pages if _is_built(arguments.demos, page)]
    commands = [(page, [str(_demo(arguments.demos, page))]) for page in pages]
    if pages:
        print(f"logs: running in real time, at most {pages[-1].limit:g} s ...", flush=True)

    def ended(page, run):
        _keep(arguments.out, page, run)
        verdicts.append(_tell(page.name, logjudge.judge(run, page), run))

    logrun.run_all(commands, ended)
    return _sum_up(verdicts)


def _wanted(pages, chapters):
    programs = sorted({page.program for page in pages})
    for chapter in chapters:
        if chapter not in programs:
            raise errors.unknown("chapter with a log", chapter, programs)
    return [page for page in pages if not chapters or page.program in chapters]


def _demo(folder, page):
    return (folder / f"{page.program}.demo").resolve()


def _is_built(folder, page):
    return os.access(_demo(folder, page), os.X_OK)


def _not_built(page):
    words = f"There is a program: `make demo CHAPTER={page.program}` says why not."
    print(logshow.summary(page.name, logjudge.Judgement(logjudge.BROKEN, words), None))
    return logjudge.BROKEN


def _keep(folder, page, run):
    """Leave what was printed beside the others, named as the book's log."""
    if folder is not None:
        data = b"".join(raw for raw, _ in run.lines)
        files.write_whole(folder / f"{page.name}.log", data.replace(b"\r\n", b"\n"))


def _tell(name, judgement, run):
    print(logshow.summary(name, judgement, run.seconds), flush=True)
    if judgement.verdict == logjudge.BROKEN:
        print(logshow.details(judgement, run, _colour()), flush=True)
    return judgement.verdict


def _colour():
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _sum_up(verdicts):
    broken = verdicts.count(logjudge.BROKEN)
    todo = verdicts.count(logjudge.TODO)
    good = len(verdicts) - broken - todo
    unwritten = f", {todo} not written yet" if todo else ""
    print(f"logs: {good} as promised, {broken} broken{unwritten}")
    return errors.EXIT_WRONG if broken else errors.EXIT_OK


def judge(arguments):
    """Judge the log in a file."""
    pages = logrules.load_all(arguments.root / LOGS, arguments.root)
    page = next((page for page in pages if page.name == arguments.name), None)
    if page is None:
        raise errors.unknown("log", arguments.name, [page.name for page in pages])
    data = files.read_bytes(arguments.file, arguments.root)
    run = logjudge.Run.recorded(data, arguments.status, arguments.seconds)
    return _sum_up([_tell(page.name, logjudge.judge(run, page, not arguments.exact), run)])


def check_rules(arguments):
    """Read every page and every book's log; errors are raised."""
    pages = logrules.load_all(arguments.root / LOGS, arguments.root)
    total = sum(len(page.rules) for page in pages)
    print(f"logs: {total} rules on {len(pages)} pages")
    return errors.EXIT_OK


def _parser():
    parser = argparse.ArgumentParser(prog="logs.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    verbs = parser.add_subparsers(dest="verb", required=True)
    running = verbs.add_parser("run")
    running.add_argument("--demos", required=True, type=Path)
    running.add_argument("--out", type=Path)
    running.add_argument("chapter", nargs="*")
    running.set_defaults(answer=run)
    judging = verbs.add_parser("judge")
    judging.add_argument("name")
    judging.add_argument("file", type=Path)
    judging.add_argument("--status", type=int)
    judging.add_argument("--seconds", type=float)
    judging.add_argument("--exact", action="store_true")
    judging.set_defaults(answer=judge)
    verbs.add_parser("rules").set_defaults(answer=check_rules)
    return parser


def main(argv):
    arguments = _parser().parse_args(argv)
    return arguments.answer(arguments)


if __name__ == "__main__":
    errors.run(main)
