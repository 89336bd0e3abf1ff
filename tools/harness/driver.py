"""Talks to a test program: one test, one process, watched until it ends."""

import os
import secrets
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import hang

TICK = 0.15  # seconds between looks at a running test: most have ended by then
MEMORY_LIMIT = 1 << 30  # bytes a test may have in use; sanitizers included
BUSY = 0.4  # of its time a test must compute, to be told from one that waits
FILE_LIMIT = 4 << 20  # bytes that are read of what a test left behind
LEFT = ("record", "output", "report")  # files that the test's process fills


@dataclass
class Explored:
    """What the explorer says of a test."""

    verdict: str
    message: str
    schedules: int
    strategy: str  # that found the failure, or ""
    switches: int  # context switches of the failing schedule
    complete: bool  # every interleaving was run
    bound: int  # all with at most so many preemptions; -1: not even those
    strategies: list  # (name, schedules, different ones)
    places: list  # of {"file", "line", "function"}
    schedule: str  # replays the failure
    table: str


@dataclass
class Outcome:
    """What one run of one test left behind."""

    status: int | None  # as waitpid() has it; None: the test program is gone
    ended_by: str | None  # why the grader ended it: time, memory, deadlock
    records: list  # [kind, field, …] a line, without the closing one
    complete: bool  # the closing line is there: the test came to its end
    output: str
    report: str  # the sanitizer's
    stacks: list = field(default_factory=list)
    busy: bool = False  # it computed, not waited, until its time was up
    seconds: float = 0.0
    explored: Explored | None = None  # what the explorer says; None: it was free


def played(found, seconds):
    """A demo that was played, as a test's run. `found` is of tools/book/logcheck."""
    explored = Explored(
        "pass", "", found.schedules, "", 0, found.complete, -1, [], [], "", ""
    )  # fmt: skip
    return Outcome(0, None, [], True, "", "", seconds=seconds, explored=explored)


@dataclass
class Order:
    """How the explorer is to run a test."""

    seed: int = 1
    schedules: int = 0  # 0: the explorer's default
    reduce: bool = True  # show a failure with few context switches
    replay: str = ""  # the one schedule to run
    leaks: bool = True  # ask what is left over at the end


class Broken(Exception):
    """The test program cannot be started or has gone."""


class Program:
    """A test program that waits for orders."""

    def __init__(self, path):
        self.path = Path(path)
        self.process = None
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def run(self, test, limit, order=None):
        """One run of a test of the manifest, in a process of its own.

        It may compute for `limit` seconds, and wait for as many. How long it has to
        wait for a core says nothing about it, and does not count.
        """
        if self.process is None:
            self._start()
        with tempfile.TemporaryDirectory(prefix="graded-") as folder:
            for name in LEFT:
                (Path(folder) / name).touch()
            nonce = secrets.token_hex(8)
            step = test.step.rsplit(".", 1)[1]
            how = order or Order()
            self._order(
                f"run {nonce} {step} {test.short} {folder}"
                f" {how.seed} {how.schedules} {int(how.reduce)} {int(how.leaks)}"
                f" {how.replay or '-'}\n"
            )
            try:
                outcome = self._watch(limit)
            except BaseException:
                self._abandon()  # its next answer would belong to this order
                raise
            _collect(outcome, Path(folder), nonce)
        return outcome

    def close(self):
        if self.process is None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process = None

    def _abandon(self):
        if self.process is not None:
            self.process.kill()
            self.close()

    def _start(self):
        # A clean environment: nothing that a student exported, such as
        # TSAN_OPTIONS, changes a verdict.
        kept = {k: os.environ[k] for k in ("PATH", "TZ", "TMPDIR") if k in os.environ}
        self.process = subprocess.Popen(
            [self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**kept, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        self.buffer = b""

    def _order(self, line):
        try:
            self.process.stdin.write(line.encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # told by the answer that does not come

    def _watch(self, limit):
        """Follow the test that was ordered until it has ended."""
        started = time.monotonic()
        pid = self._pid()
        watch = _Watch(pid, started, limit)
        while True:
            line = self._line(TICK)
            if line is None:
                watch.look()
                continue
            if line == b"":
                # The test ended its grader: only it could.
                self._kill(pid)
                self.close()
                return watch.outcome(None)
            if not line.startswith(b"ended "):
                raise Broken(f"{self.path} answers what it was not asked: {line.decode()!r}")
            _, _, status, kibibytes = line.split()
            if int(kibibytes) << 10 > MEMORY_LIMIT:
                watch.ended_by = "memory"  # too soon over to be seen at a look
            return watch.outcome(int(status))

    def _pid(self):
        line = self._line(None)
        if not line:
            self.process.wait()
            text = self.process.stderr.read().decode(errors="replace").strip()
            self.process = None
            raise Broken(text or f"{self.path} does not start")
        return int(line.split()[1])

    @staticmethod
    def _kill(pid):
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def _line(self, timeout):
        """One line; None: not within the time; b"": the program is gone."""
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], timeout)
            if not ready:
                return None
            more = os.read(self.process.stdout.fileno(), 4096)
            if not more:
                return b""
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line


class _Watch:
    """Looks at a running test, and ends it when it must be ended."""

    def __init__(self, pid, started, limit):
        self.pid = pid
        self.started = started
        self.limit = limit
        self.looked = started
        self.computed = 0.0  # seconds, of all its processes
        self.waited = 0.0  # seconds in which nothing of it had anything to run
        self.ended_by = None
        self.stacks = []
        self.busy = False
        self.proof = hang.DeadlockProof(pid)

    def look(self):
        if self.ended_by is not None:
            return
        use = hang.use(self.pid)
        self._count(use)
        if use.memory > MEMORY_LIMIT:
            self._end("memory")
        elif max(self.computed, self.waited) > self.limit:
            self.busy = self.computed > BUSY * (self.computed + self.waited)
            self._end("deadlock" if self.proof.holds_now() else "time")
        elif self.proof.holds():
            self._end("deadlock")

    def _count(self, use):
        before, self.looked = self.looked, time.monotonic()
        if use.computed == self.computed and not hang.is_up(self.pid):
            self.waited += self.looked - before
        self.computed = use.computed

    def _end(self, why):
        self.ended_by = why
        if why != "memory":
            self.stacks = hang.stacks(self.pid)
        Program._kill(self.pid)

    def outcome(self, status):
        return Outcome(
            status, self.ended_by, [], False, "", "", self.stacks, self.busy,
            time.monotonic() - self.started,
        )  # fmt: skip


def _collect(outcome, folder, nonce):
    texts = {name: _read(folder / name) for name in LEFT}
    lines = [line.split("\t") for line in texts["record"].splitlines()]
    outcome.complete = ["end", nonce] in lines
    outcome.records = [line for line in lines if line[0] != "end"]
    outcome.explored = _explored(outcome.records)
    outcome.output = texts["output"]
    outcome.report = texts["report"]


def _explored(records):
    rows = {kind: [r[1:] for r in records if r[0] == kind] for kind in (
        "explored", "strategy", "place", "schedule", "row")}  # fmt: skip
    if not rows["explored"]:
        return None
    verdict, schedules, strategy, switches, complete, bound, message = rows["explored"][-1]
    return Explored(
        verdict, message, int(schedules), strategy, int(switches), complete == "1", int(bound),
        [(name, int(run), int(distinct)) for name, run, distinct in rows["strategy"]],
        [{"file": file, "line": int(line), "function": function}
         for file, line, function in rows["place"]],
        "".join(fields[0] for fields in rows["schedule"]),
        "\n".join(fields[0] for fields in rows["row"]),
    )  # fmt: skip


def _read(path):
    with open(path, "rb") as stream:
        return stream.read(FILE_LIMIT).decode("utf-8", errors="replace")
