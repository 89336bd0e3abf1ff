"""A test that does not end: is it a proof of deadlock, and where does it stand?"""

import os
import platform
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

FIRST_LOOK = 0.3  # seconds that a test may run before its threads are looked at
BETWEEN = 0.15  # seconds between the two looks of a proof
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")

# System calls that can wait for ever: name and the argument that says "no time
# limit", by number.
_CALLS = {
    "x86_64": {202: "futex", 128: "sigtimedwait", 0: "read", 7: "poll",
               34: "pause", 230: "sleep", 35: "sleep"},
    "aarch64": {98: "futex", 137: "sigtimedwait", 63: "read", 115: "sleep",
                101: "sleep"},
}  # fmt: skip
_FOREVER = {
    "futex": lambda args: args[3] == 0,
    "sigtimedwait": lambda args: args[2] == 0,
    "read": lambda args: True,
    "poll": lambda args: args[2] & 0xFFFFFFFF == 0xFFFFFFFF,
    "pause": lambda args: True,
    "sleep": lambda args: False,
}


@dataclass
class Use:
    """What a process and all below it have used."""

    memory: int = 0  # bytes in use now
    computed: float = 0.0  # seconds of processor time so far, their dead included


def use(pid):
    """What the process and all below it have used; nothing when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return Use()
    ticks = sum(int(field) for field in fields[11:15])
    found = Use(int(fields[21]) * _PAGE, ticks / _TICKS)
    for child in _children(pid):
        below = use(child)
        found.memory += below.memory
        found.computed += below.computed
    return found


def is_up(pid):
    """Does anything of it run, or wait for a core or a disk, or is it held?"""
    return any(_state(pid, tid) in set("RDTt") for tid in _threads(pid)) or any(
        is_up(child) for child in _children(pid)
    )


def _state(pid, tid):
    try:
        return Path(f"/proc/{pid}/task/{tid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return None


def _children(pid):
    found = []
    for tid in _threads(pid):
        try:
            found += Path(f"/proc/{pid}/task/{tid}/children").read_text().split()
        except OSError:
            continue
    return [int(child) for child in found]


class DeadlockProof:
    """Every thread waits in the kernel, without a time limit, for another one.

    Nobody is left who could wake one of them, and no process below it either.
    Two looks see the same waits and no thread that ran in between, so it is one
    and the same moment for all.
    """

    def __init__(self, pid):
        self.pid = pid
        self.next_look = time.monotonic() + FIRST_LOOK
        self.seen = None

    def holds(self):
        """Look, if it is time to; true when the proof is complete."""
        if time.monotonic() < self.next_look:
            return False
        self.next_look = time.monotonic() + BETWEEN
        before, self.seen = self.seen, self._waits()
        return self.seen is not None and self.seen == before

    def holds_now(self):
        """Both looks at once."""
        before = self._waits()
        time.sleep(BETWEEN)
        return before is not None and before == self._waits()

    def _waits(self):
        """{thread: what it waits in}, or None when one of them may go on."""
        if _children(self.pid):
            return None
        waits = {}
        sleepers = []
        for tid in _threads(self.pid):
            wait = _wait(self.pid, tid)
            if wait is None:
                return None
            if wait == "sleep":
                sleepers.append(tid)
            else:
                waits[tid] = wait
        # ThreadSanitizer has a thread of its own that only sleeps.
        if any(not _is_sanitizers(self.pid, tid) for tid in sleepers):
            return None
        return waits or None


def _threads(pid):
    try:
        return sorted(int(tid) for tid in os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return []


def _wait(pid, tid):
    """What the thread waits in; "sleep" for a limited wait; None: it may run."""
    folder = Path(f"/proc/{pid}/task/{tid}")
    try:
        words = (folder / "syscall").read_text().split()
        status = (folder / "status").read_text()
    except OSError:
        return None
    calls = _CALLS.get(platform.machine(), {})
    if "State:\tS" not in status or not words[0].isdigit():
        return None
    call = calls.get(int(words[0]))
    args = [int(word, 16) for word in words[1:7]]
    if call is None:
        return None
    if not _FOREVER[call](args):
        return "sleep"
    return (call, tuple(args), re.findall(r"voluntary_ctxt_switches:\s*(\d+)", status))


_sanitizers_own = {}


def _is_sanitizers(pid, tid):
    """Is this ThreadSanitizer's background thread? Asked once for each."""
    if (pid, tid) not in _sanitizers_own:
        _sanitizers_own[pid, tid] = any(
            "BackgroundThread" in frame["function"]
            for stack in stacks(pid)
            if stack["tid"] == tid
            for frame in stack["frames"]
        )
    return _sanitizers_own[pid, tid]


def stacks(pid):
    """Where each thread stands: [{"thread", "tid", "frames": [...]}]."""
    if not shutil.which("eu-stack"):
        return []
    try:
        done = subprocess.run(["eu-stack", "-s", "-p", str(pid)], capture_output=True, text=True, errors="replace", timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return parse_stacks(done.stdout)


_FRAME = re.compile(r"#(\d+)\s+0x[0-9a-f]+\s+(\S+)")
_PLACE = re.compile(r"\s+(\S.*?):(\d+)(?::\d+)?$")


def parse_stacks(text):
    """eu-stack's words, one entry a thread, the process's main thread first."""
    found = []
    for line in text.splitlines():
        if line.startswith("TID "):
            found.append({"thread": len(found), "tid": int(line[4:].rstrip(":")), "frames": []})
        elif found and (frame := _FRAME.match(line)):
            found[-1]["frames"].append({"function": frame[2], "file": None, "line": None})
        elif found and found[-1]["frames"] and (place := _PLACE.match(line)):
            found[-1]["frames"][-1].update(file=place[1], line=int(place[2]))
    return found
