#!/usr/bin/env python3
"""Shows a failing interleaving in gdb (make replay GDB=1).

    debug.py --binaries DIR --test NAME --replay SCHEDULE [--more DIR]

gdb stops where the failure was seen. The program runs the one schedule in its
own process, so that gdb sees all of its threads; the one that gdb stands in is
the one whose turn it was.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

import grade
import source

sys.path.insert(0, str(source.ROOT / "tools/book"))
import errors  # noqa: E402
import manifest as manifests  # noqa: E402

BUILDS = {"t": "thread", "a": "address"}


def main(argv):
    parser = argparse.ArgumentParser(prog="debug.py", description=__doc__.split("\n")[0])
    parser.add_argument("--binaries", required=True, type=Path)
    parser.add_argument("--test", required=True)
    parser.add_argument("--replay", required=True)
    parser.add_argument("--more", default="")
    call = parser.parse_args(argv)
    test = manifests.load(more=[call.more] if call.more else []).test(call.test)
    if not grade.SCHEDULE.fullmatch(call.replay):
        raise errors.CallError(
            f"SCHEDULE={call.replay} is none: copy what `make check TEST=...` prints"
        )
    if shutil.which("gdb") is None:
        raise errors.CallError("there is no gdb here; `tools/setup --all` installs it")
    kind = "explored" if test.source.parent == source.ROOT / "tests" else "own-explored"
    program = call.binaries / BUILDS[call.replay[0]] / f"{test.chapter}.{kind}"
    number = test.step.rsplit(".", 1)[1]
    os.execvp("gdb", [
        "gdb", "-q", "-ex", "set breakpoint pending on", "-ex", "break explore_has_failed",
        "-ex", "run", "-ex", "bt", "--args", str(program), "--replay", number, test.short,
        call.replay[1:],
    ])  # fmt: skip


if __name__ == "__main__":
    errors.run(main)
