#!/usr/bin/env python3
"""How fast is the explorer?

    bench.py [--rounds N] [--cc CC]…

Measures schedules per second on a bounded buffer (two consumers, a producer of
two items), with all that the explorer does, against the simplest explorer there
is, which creates and joins its threads in each schedule; and what a switch takes
when two threads do nothing but yield, against a bare hand-over by futex on one
core. All are run in turn, several times; the medians count, and the goals are
held against ratios of the same round. The last three lines are for programs.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEDULES = 100_000
NAIVE = 1_500
YIELD_SCHEDULES = 100
KERNEL = 20_000
KERNEL_YIELDS = 10
TURNS = 100_000
GOALS = {"tsan_over_naive": "at least 12", "switch_over_futex": "at most 1.5"}


def programs(cc):
    """What is run in each round: a name, its command, whether on one core."""
    out = f"build/bench/{cc}"
    for build in ("thread", "plain"):
        yield f"{build} buffer", [f"{out}/{build}/explored", "buffer", SCHEDULES], False
        yield f"{build} mix", [f"{out}/{build}/explored", "mix", SCHEDULES], False
        yield f"{build} naive", [f"{out}/{build}/naive", NAIVE], False
        yield f"{build} naive pinned", [f"{out}/{build}/naive", NAIVE], True
        yield f"{build} switch", [f"{out}/{build}/explored", "yields", YIELD_SCHEDULES], False
        yield (f"{build} kernel buffer",
               [f"{out}/{build}/explored", "buffer", KERNEL, "kernel"], False)
        yield (f"{build} kernel switch",
               [f"{out}/{build}/explored", "yields", KERNEL_YIELDS, "kernel"], False)
    yield "futex", [f"{out}/futex", TURNS], True


def run(command, pinned):
    """The number that a program prints; pinned: it stays on the first core."""

    def pin():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True,
                          text=True, preexec_fn=pin if pinned else None)  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{command[0]}: status {done.returncode}: {done.stderr.strip()}")
    return float(done.stdout)


def measure(cc, rounds):
    """All figures of all rounds, by name."""
    command = ["make", "-f", "tests/explore/bench.mk", f"CC={cc}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    figures = {name: [] for name, _, _ in programs(cc)}
    for _ in range(rounds):
        for name, command, pinned in programs(cc):
            figures[name].append(run(command, pinned))
    return figures


def ratio(figures, over, under):
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(figures[over], figures[under]))


def show(cc, figures):
    def median(name):
        return statistics.median(figures[name])

    print(f"{cc}: schedules per second           ThreadSanitizer    without")
    for what, name in (
        ("random walk", "buffer"),
        ("all but the search, with faults", "mix"),
        ("random walk, on kernel threads", "kernel buffer"),
        ("baseline, unpinned", "naive"),
        ("baseline, on one core", "naive pinned"),
    ):
        print(f"  {what:34} {median('thread ' + name):12,.0f} {median('plain ' + name):12,.0f}")
    for what, name in (("over the baseline, unpinned", "naive"),
                       ("over the baseline, on one core", "naive pinned"),
                       ("fibers over kernel threads", "kernel buffer")):  # fmt: skip
        values = [ratio(figures, f"{build} buffer", f"{build} {name}")
                  for build in ("thread", "plain")]  # fmt: skip
        print(f"  {what:34} {values[0]:12.1f} {values[1]:12.1f}")
    print(f"  {'ns a switch':34} {median('thread switch'):12,.0f} {median('plain switch'):12,.0f}")
    print(f"  {'ns a switch, on kernel threads':34} {median('thread kernel switch'):12,.0f} "
          f"{median('plain kernel switch'):12,.0f}")
    print(f"  {'ns a bare hand-over by futex':34} {median('futex'):12,.0f}")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cc", action="append", help="gcc counts; clang is only shown")
    options = parser.parse_args()
    compilers = options.cc or [cc for cc in ("gcc", "clang") if shutil.which(cc)]
    everything = {cc: measure(cc, options.rounds) for cc in compilers}
    for cc, figures in everything.items():
        show(cc, figures)
    figures = everything[compilers[0]]
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}; goals: "
          + ", ".join(f"{name} {goal}" for name, goal in GOALS.items()))
    print(f"tsan_over_naive {ratio(figures, 'thread buffer', 'thread naive'):.1f}")
    print(f"plain_per_second {statistics.median(figures['plain buffer']):.0f}")
    print(f"switch_over_futex {ratio(figures, 'thread switch', 'futex'):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
