"""Playing demos on the explorer's virtual clock (tools/play), and what comes."""

import calendar
import subprocess
from dataclasses import dataclass, field

import loglines
from errors import BookError
from logjudge import Run

# The zone of the book's logs, in a form that needs no table of zones. So the
# demos print the book's very hours wherever they are played, and one that prints
# UTC is found.
ZONE, ZONE_HOURS = "KST-9", 9
SEARCH, CHANCE = 16, 15  # enum explore_strategy: the search, and all but it
LIMIT = 120  # seconds: a run ends by itself, by its steps; this must not happen
DEFAULT = "1f0:"  # the schedule without any choice


@dataclass
class Played:
    """Runs of one demo, in the order in which they came."""

    runs: list = field(default_factory=list)
    schedules: int = 0  # how many were run
    complete: bool = False  # there are no other interleavings


def default(player, page):
    """The run in the default order."""
    return one(player, page, DEFAULT)


def one(player, page, schedule):
    """The run of this schedule."""
    return _play(player, page, ["--each"], schedule + "\n").runs[0]


def several(player, page, schedules):
    """A run for each of these schedules."""
    return _play(player, page, ["--each"], "".join(s + "\n" for s in schedules)).runs


def many(player, page, seed=1, schedules=None):
    """As many interleavings as the page asks for: all there are, or by chance."""
    strategy = SEARCH if page.search else CHANCE
    order = ["--schedules", str(schedules or page.schedules), "--strategy", str(strategy)]
    return _play(player, page, [*order, "--seed", str(seed)])


def _play(player, page, order, lines=""):
    start = calendar.timegm(page.start.timetuple()) - ZONE_HOURS * 3600
    command = [str(player), "--start", str(start), *order]
    if page.keys is not None:
        command += ["--type", page.keys, "--when", page.keys_when]
    try:
        done = subprocess.run(
            command, input=lines.encode(), capture_output=True, timeout=LIMIT,
            env={"TZ": ZONE, "LC_ALL": "C.UTF-8"}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        run = Run([], stopped=f"it had not ended after {LIMIT} s and was stopped")
        return Played([run], 1)
    return _read(done, page)


def _read(done, page):
    """The form is told in tools/play/record.h."""
    played = Played()
    rest = done.stdout
    while rest:
        head, _, rest = rest.partition(b"\n")
        word, *values = head.decode().split()
        if word == "end":
            played.schedules, played.complete = int(values[0]), values[1] == "1"
            return played
        *values, out, err, schedule, message = values
        texts = []
        for size in (out, err, schedule, message):
            texts.append(rest[: int(size)])
            rest = rest[int(size) :]
        played.runs.append(_run(page, values, texts))
    said = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}"
    raise BookError(f"{page.program}.play does not play: {said}")


def _run(page, values, texts):
    verdict, status, nanoseconds, typed = values
    out, err, schedule, message = texts
    message = message.decode(errors="replace")
    if verdict == "diverged":
        raise BookError(message)
    return Run(
        [(line, None) for line in loglines.split(out)],
        status=int(status) if int(status) >= 0 else None,
        seconds=int(nanoseconds) / 1e9,
        started=page.start,
        terminal=page.terminal,
        typed=typed == "1",
        stopped=None if verdict == "pass" else f"{verdict}: {message}",
        stderr=err,
        schedule=schedule.decode(),
    )  # fmt: skip
