#!/usr/bin/env python3
"""The corpus: small programs, broken and right, each with its known answer.

    corpus.py [--whole] [--seeds N] [--schedules N] [--build BUILD]… [--cc CC]
              [--no-replay] [--no-states] [--json FILE] [NAME…]

Every broken program must be found by the default portfolio, and each schedule
string that comes out must replay in a fresh process to the same verdict at the
same lines. Every right program must pass. On the programs in corpus/states the
reduced search must reach the very states that plain enumeration reaches.

By default this is a quick look: few seeds and schedules. --whole takes 20 seeds
and 10,000 schedules in every build. The exit status is 0 when all is as it
should be, and 1 if not.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/explore/corpus"
BUILDS = ("thread", "address", "plain")
MEDIAN, WORST = 1000, 10_000  # schedules to the bug that are allowed
STRATEGIES = {1: "in turn", 2: "random", 4: "PCT", 8: "POS", 16: "search", 32: "enumerate"}
SAMPLED, SEARCH, ENUMERATE = 0x0F, 0x10, 0x20
FAULTS = {"waiter": 1, "spurious": 2, "clock": 4, "memory": 8, "threads": 16, "randoms": 32}
VERDICTS = {"deadlock", "race", "wrong", "misuse", "leak", "livelock", "crash", "pass"}
FIELDS = {"Answer", "Builds", "Faults", "States", "Seldom"}
PATIENCE = 120  # seconds for one run of a program; it has its own watchdog


@dataclass
class Program:
    """One file of the corpus, by the lines of its first comment."""

    path: Path
    answers: set
    builds: list
    faults: int
    states: int | None
    seldom: str  # why it may take more schedules than the others

    @property
    def options(self):
        return ["--faults", self.faults]

    @property
    def name(self):
        return str(self.path.relative_to(CORPUS).with_suffix(""))

    @property
    def right(self):
        return self.answers == {"pass"}


def load(path):
    """A program with what its header says; a header that is not whole is an error."""
    head = path.read_text(encoding="utf-8").partition("*/")[0]
    fields = {}
    for line in head.splitlines():
        key, colon, value = line.removeprefix(" * ").partition(": ")
        if colon and key in FIELDS:
            fields[key] = value
    where = path.relative_to(ROOT)
    for key in ("Answer", "Builds"):
        if key not in fields:
            raise SystemExit(f"{where}:1: no line '{key}: …' in the first comment")
    answers = set(fields["Answer"].split(" or "))
    builds = fields["Builds"].split()
    faults = fields.get("Faults", "").split()
    for words, known in ((answers, VERDICTS), (builds, BUILDS), (faults, FAULTS)):
        if set(words) - set(known):
            raise SystemExit(f"{where}:1: {sorted(set(words) - set(known))} is none of {known}")
    return Program(
        path,
        answers,
        builds,
        sum(FAULTS[fault] for fault in faults),
        int(fields["States"]) if "States" in fields else None,
        fields.get("Seldom", ""),
    )


def programs(names=()):
    """All of the corpus, or those that are named."""
    paths = sorted(p for p in CORPUS.rglob("*.c") if p != CORPUS / "main.c")
    found = [load(path) for path in paths]
    unknown = set(names) - {program.name for program in found}
    if unknown:
        raise SystemExit(f"there is no program called {', '.join(sorted(unknown))}")
    return [program for program in found if not names or program.name in names]


def build(cc, builds):
    """Build the corpus; what the compiler says is shown only when it fails."""
    command = ["make", "-f", "tests/explore/corpus.mk", f"-j{os.cpu_count()}"]
    command += [f"CC={cc}", f"BUILDS={' '.join(builds)}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


@dataclass
class Setting:
    """How programs are run."""

    cc: str = "gcc"
    seeds: int = 2
    schedules: int = WORST
    passes: int = 300  # schedules of a right program
    replay: bool = True


def call(setting, kind, program, *options):
    """The results that a program prints, one for each seed."""
    command = [f"build/explore/{setting.cc}/{kind}/{program.name}", *map(str, options)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return [{"verdict": "hang", "schedules": 0, "schedule": "", "places": [], "message": ""}]
    results = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or not results:
        text = f"status {done.returncode}: {done.stderr.strip()[:200]}"
        results.append({"verdict": "hang", "schedules": 0, "schedule": "", "places": [],
                        "message": text})
    return results


@dataclass
class Finding:
    """What came of one program in one build."""

    program: Program
    build: str
    counts: list = field(default_factory=list)  # schedules to the bug
    strategies: Counter = field(default_factory=Counter)
    complaints: list = field(default_factory=list)
    replays: int = 0
    complete: bool = False

    @property
    def median(self):
        return int(statistics.median(self.counts)) if self.counts else 0

    @property
    def worst(self):
        return max(self.counts, default=0)

    def complain(self, text):
        self.complaints.append(text)


def replay(setting, finding, result):
    """The string alone must lead to the same verdict at the same lines."""
    again = call(setting, finding.build, finding.program, "--replay", result["schedule"])[0]
    finding.replays += 1
    for key in ("verdict", "places"):
        if again[key] != result[key]:
            finding.complain(
                f"seed {result['seed']}: '{result['schedule']}' gave {key} {result[key]}, "
                f"replayed {again[key]}: {again['message'][:160]}"
            )
            return


def search_for_bug(setting, program, kind):
    """Run a broken program under each seed."""
    finding = Finding(program, kind)
    options = ["--seeds", setting.seeds, "--schedules", setting.schedules]
    for result in call(setting, kind, program, *program.options, *options):
        if result["verdict"] == "pass":
            finding.complain(f"not found in {result['schedules']} schedules")
            continue
        if result["verdict"] not in program.answers:
            finding.complain(f"{result['verdict']}: {result['message'][:200]}")
            continue
        finding.counts.append(result["schedules"])
        finding.strategies[STRATEGIES.get(result["strategy"], "?")] += 1
        if setting.replay:
            replay(setting, finding, result)
    if not program.seldom and (finding.median > MEDIAN or finding.worst > WORST):
        finding.complain(f"takes too long: median {finding.median}, worst {finding.worst}")
    return finding


def look_for_false_verdicts(setting, program, kind):
    """Run a right program: by the portfolio, and then by chance alone, so that a
    search that is soon complete does not save it from the rest."""
    finding = Finding(program, kind)
    options = [*program.options, "--schedules", setting.passes]
    for strategies in (SAMPLED | SEARCH, SAMPLED):
        result = call(setting, kind, program, *options, "--strategies", strategies)[0]
        if result["verdict"] != "pass":
            finding.complain(f"{result['verdict']}: {result['message'][:200]}")
            return finding
        if not result["complete"] and result["schedules"] < setting.passes:
            finding.complain(f"passes, but after {result['schedules']} schedules only")
        finding.counts.append(result["schedules"])
        finding.complete |= result["complete"]
    return finding


def compare_states(setting, program, kind):
    """Reduced search and plain enumeration must end in the same set of states."""
    finding = Finding(program, kind)
    seen = []
    for strategy in (SEARCH, ENUMERATE):
        options = ["--strategies", strategy, "--schedules", 2_000_000, "--preemptions", 1000]
        result = call(setting, kind, program, *program.options, *options)[0]
        if result["verdict"] != "pass" or not result["complete"]:
            finding.complain(f"{STRATEGIES[strategy]}: {result['verdict']} after "
                             f"{result['schedules']}, not complete: {result['message'][:160]}")
            return finding
        seen.append((result["states"], result["state_sum"]))
        finding.counts.append(result["schedules"])
    if seen[0] != seen[1]:
        finding.complain(f"{seen[0][0]} states by search, {seen[1][0]} by enumeration")
    elif seen[0][0] != program.states:
        finding.complain(f"{seen[0][0]} states, not {program.states} as its header says")
    return finding


def examine(setting, chosen, builds):
    """What came of all programs in the builds that they are for."""

    def one(job):
        program, kind = job
        if program.states is not None:
            return compare_states(setting, program, kind)
        if program.right:
            return look_for_false_verdicts(setting, program, kind)
        return search_for_bug(setting, program, kind)

    jobs = [(p, kind) for p in chosen for kind in builds if kind in p.builds]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(one, jobs))


def row(*cells):
    print("{:27} {:8} {:17} {:10} {:>7} {:>7}".format(*cells).rstrip())


def table(findings):
    """The broken programs: where and how fast; then what the others came to."""
    row("program", "build", "answer", "strategy", "median", "worst")
    for f in findings:
        if f.program.right:
            continue
        strategy = f.strategies.most_common(1)[0][0] if f.strategies else "-"
        answer = " or ".join(sorted(f.program.answers))
        row(f.program.name, f.build, answer, strategy, f.median, f.worst)
    right = [f for f in findings if f.program.right and f.program.states is None]
    print()
    row("right program", "build", "", "search", "by it", "by rest")
    for f in right:
        row(f.program.name, f.build, "pass", "complete" if f.complete else "", *f.counts[:2],
            *[""] * (2 - len(f.counts)))
    print()
    row("final states", "build", "", "states", "search", "plain")
    for f in findings:
        if f.program.states is not None:
            row(f.program.name, f.build, "the same", f.program.states, *f.counts[:2],
                *[""] * (2 - len(f.counts)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--whole", action="store_true", help="20 seeds, 10,000 schedules")
    parser.add_argument("--seeds", type=int, help="for each broken program")
    parser.add_argument("--schedules", type=int, help="for each right program")
    parser.add_argument("--build", action="append", choices=BUILDS)
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--no-replay", action="store_true")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    setting = Setting(cc=options.cc, replay=not options.no_replay)
    setting.seeds = options.seeds or (20 if options.whole else setting.seeds)
    setting.passes = options.schedules or (WORST if options.whole else setting.passes)
    builds = options.build or BUILDS
    build(options.cc, builds)
    findings = examine(setting, programs(options.names), builds)
    table(findings)
    wrong = Counter((f.program.name, f.build, text) for f in findings for text in f.complaints)
    print(f"\n{len({f.program.name for f in findings})} programs, "
          f"{sum(f.replays for f in findings)} schedule strings replayed, "
          f"{len(wrong)} complaints")
    for (name, kind, text), times in wrong.items():
        print(f"{name} ({kind}): {text}" + (f" ({times} times)" if times > 1 else ""))
    if options.json:
        keys = ("build", "counts", "complaints", "replays", "complete")
        figures = [{"program": f.program.name, **{k: getattr(f, k) for k in keys},
                    "strategies": dict(f.strategies)} for f in findings]
        options.json.write_text(json.dumps(figures, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
