#!/usr/bin/env python3
"""The demos' logs, held against the book's (make logs).

    logs.py play --players DIR [--out DIR] [--log NAME] [--schedule S] [CHAPTER ...]
        plays DIR/<chapter>.play on a virtual clock: in the default order, whose
        log is left under --out, and in many others; with --schedule in that one
    logs.py run --demos DIR [--out DIR] [CHAPTER ...]
        runs DIR/<chapter>.demo in real time, side by side, the runner also with
        a Ctrl-C typed on a terminal
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
import time
from pathlib import Path

import errors
import files
import logcheck
import logjudge
import logplay
import logrules
import logrun
import logshow

LOGS = "tests/logs"


def _wanted(arguments):
    pages = logrules.load_all(arguments.root / LOGS, arguments.root)
    programs = sorted({page.program for page in pages})
    for chapter in arguments.chapter:
        if chapter not in programs:
            raise errors.unknown("chapter with a log", chapter, programs)
    return [page for page in pages if not arguments.chapter or page.program in arguments.chapter]


def _named(pages, name):
    page = next((page for page in pages if page.name == name), None)
    if page is None:
        raise errors.unknown("log", name, [page.name for page in pages])
    return page


def _program(folder, page, kind):
    return (folder / f"{page.program}.{kind}").resolve()


def _built(folder, pages, kind, verdicts):
    """The pages whose program there is; the others are told of."""
    for page in pages:
        if os.access(_program(folder, page, kind), os.X_OK):
            yield page
            continue
        words = f"There is a program: `make demo CHAPTER={page.program}` says why not."
        print(logshow.summary(page.name, logjudge.Judgement(logjudge.BROKEN, words)))
        verdicts.append(logjudge.BROKEN)


# --- On the virtual clock ---


def play(arguments):
    """Play the demos, judge each, and sum up."""
    pages = _wanted(arguments)
    if arguments.log:
        pages = [_named(pages, arguments.log)]
    verdicts = []
    for page in _built(arguments.players, pages, "play", verdicts):
        player = _program(arguments.players, page, "play")
        if arguments.schedule:
            verdicts.append(_again(arguments, page, player))
        else:
            verdicts.append(_played(arguments, page, player))
    return _sum_up(verdicts)


def _again(arguments, page, player):
    """One run, shown whole."""
    run = logplay.one(player, page, arguments.schedule)
    sys.stdout.write(logshow.text(run))
    return _tell(page, logjudge.judge(run, page, logcheck.mode_of(run, arguments.exact)), run)


def _played(arguments, page, player):
    begun = time.monotonic()
    found = logcheck.check(player, page, arguments.seed, arguments.schedules, arguments.exact)
    for name, run in found.kept:
        _keep(arguments.out, name, page, run)
    note = f"{found.told}, {time.monotonic() - begun:.2f} s"
    return _tell(page, found.judgement, found.run, note, arguments.again)


# --- In real time ---


def run(arguments):
    """Run the demos, judge each as it ends, and sum up."""
    verdicts = []
    pages = list(_built(arguments.demos, _wanted(arguments), "demo", verdicts))
    commands = [(page, [str(_program(arguments.demos, page, "demo"))]) for page in pages]
    if pages:
        print(f"logs: running in real time, at most {pages[-1].limit:g} s ...", flush=True)

    def ended(page, done):
        _keep(arguments.out, page.name, page, done)
        verdicts.append(_tell(page, logjudge.judge(done, page), done, f"{done.seconds:.1f} s"))

    logrun.run_all(commands, ended)
    return _sum_up(verdicts)


def _keep(folder, name, page, run):
    """Leave what was printed, and what the go command would say behind it, beside
    the others, named as the book's log."""
    if folder is None:
        return
    data = b"".join(raw for raw, _ in run.lines).replace(b"\r\n", b"\n")
    behind = page.go_line(run.status)
    if behind is not None:
        data += f"{behind}\n".encode()
    files.write_whole(folder / f"{name}.log", data)


def _tell(page, judgement, run, note="", again=None):
    print(logshow.summary(page.name, judgement, note), flush=True)
    if judgement.verdict == logjudge.BROKEN:
        print(logshow.details(judgement, run, _colour()), flush=True)
        if again and run.schedule:
            print(f"  again: {again} LOG={page.name} SCHEDULE='{run.schedule}'", flush=True)
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
    page = _named(logrules.load_all(arguments.root / LOGS, arguments.root), arguments.name)
    data = files.read_bytes(arguments.file, arguments.root)
    recorded = logjudge.Run.recorded(data, arguments.status, arguments.seconds)
    mode = logrules.EXACT if arguments.exact else logrules.REAL
    return _sum_up([_tell(page, logjudge.judge(recorded, page, mode), recorded)])


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
    playing = verbs.add_parser("play")
    playing.add_argument("--players", required=True, type=Path)
    playing.add_argument("--out", type=Path)
    playing.add_argument("--log", help="this page only")
    playing.add_argument("--schedule", help="this interleaving only")
    playing.add_argument("--seed", type=int, default=1)
    playing.add_argument("--schedules", type=int, help="instead of the page's number")
    playing.add_argument("--exact", action="store_true", help="the program is the solution")
    playing.add_argument("--again", default="make logs", help="the command that was typed")
    playing.add_argument("chapter", nargs="*")
    playing.set_defaults(answer=play)
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
    if getattr(arguments, "schedule", None) and not arguments.log:
        raise errors.CallError("SCHEDULE= is of one log: name it with LOG=")
    return arguments.answer(arguments)


if __name__ == "__main__":
    errors.run(main)
