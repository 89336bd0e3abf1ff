"""Running demos in real time, side by side, and reading what they print.

One thread and one selector: nothing here is forked from a threaded process.
"""

import datetime
import errno
import fcntl
import os
import pty
import selectors
import signal
import subprocess
import termios
import time

from logjudge import Run

MOST_BYTES = 1_000_000  # output of a program that prints without end
_CHUNK = 65536


class _Running:
    """A program while it runs."""

    def __init__(self, rules, command):
        self.rules = rules
        self.run = Run([], terminal=rules.terminal)
        self.pending = b""  # the beginning of a line
        self.size = 0
        self.master = self.open_files = None
        self.run.started = datetime.datetime.now()
        self.start = time.monotonic()
        self.process = self.launch(command)

    def launch(self, command):
        """Start it in a session of its own, so that all of it can be ended."""
        if not self.rules.terminal:
            process = _spawn(command, subprocess.DEVNULL, subprocess.PIPE)
            self.open_files = {process.stdout.fileno(), process.stderr.fileno()}
            self.output = process.stdout.fileno()
            return process
        self.master, slave = pty.openpty()
        process = _spawn(command, slave, slave, lambda: _own_terminal(slave))
        os.close(slave)
        self.open_files = {self.master, process.stderr.fileno()}
        self.output = self.master
        return process

    @property
    def left(self):
        """Seconds until its limit."""
        return self.start + self.rules.limit - time.monotonic()

    def readable(self, file):
        """Read what came; False when the file has ended."""
        data = _read(file)
        if not data:
            self.open_files.discard(file)
            return False
        if file == self.output:
            self.printed(data)
        elif len(self.run.stderr) < MOST_BYTES:
            self.run.stderr += data
        return True

    def printed(self, data):
        at = time.monotonic() - self.start
        self.size += len(data)
        *whole, self.pending = (self.pending + data).split(b"\n")
        self.run.lines += [(line + b"\n", at) for line in whole]
        if self.size > MOST_BYTES:
            self.stop(f"it was stopped after printing {self.size} bytes")
        self.type_keys(whole)

    def type_keys(self, lines):
        """Type the keys once the line at which they are due has appeared."""
        if self.rules.keys is None or self.run.typed:
            return
        due = self.rules.keys_when.encode()
        if any(line.rstrip(b"\r").endswith(due) for line in lines):
            os.write(self.master, bytes([ord(self.rules.keys[1]) - ord("@")]))
            self.run.typed = True

    def stop(self, why):
        """End the program and all that it started."""
        self.run.stopped = self.run.stopped or why
        _kill_group(self.process.pid)

    def end(self):
        """Everything has been read, or the limit is over: note how it ended."""
        if self.process.poll() is None:
            try:
                self.process.wait(max(0, self.left))
            except subprocess.TimeoutExpired:
                self.stop(_too_long(self.rules.limit))
        self.run.status = self.process.wait()
        self.run.seconds = time.monotonic() - self.start
        _kill_group(self.process.pid)
        if self.pending:
            self.run.lines.append((self.pending, self.run.seconds))
        self.process.stderr.close()
        if self.master is not None:
            os.close(self.master)
        else:
            self.process.stdout.close()
        return self.run


def _too_long(limit):
    return f"it had not ended after {limit:g} s and was stopped"


def _spawn(command, stdin, stdout, prepare=None):
    return subprocess.Popen(
        command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
        start_new_session=True, preexec_fn=prepare, bufsize=0,
    )  # fmt: skip


def _own_terminal(slave):
    """In the child: make the terminal that of its session, with Ctrl-C usual."""
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _read(file):
    try:
        return os.read(file, _CHUNK)
    except OSError as error:
        if error.errno == errno.EIO:  # a terminal whose last user has gone
            return b""
        raise


def _kill_group(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def run_all(commands, ended):
    """Run programs side by side; call ended(rules, run) as each one ends.

    `commands` are (rules, command). Whatever happens, no program is left behind.
    """
    running = []
    selector = selectors.DefaultSelector()
    try:
        for rules, command in commands:
            program = _Running(rules, command)
            running.append(program)
            for file in program.open_files:
                selector.register(file, selectors.EVENT_READ, program)
        while running:
            _attend(selector, running, ended)
    finally:
        for program in running:
            _kill_group(program.process.pid)
            program.process.wait()
        selector.close()


def _attend(selector, running, ended):
    """Read what is there, and part with the programs that have ended."""
    wait = max(0, min(program.left for program in running))
    for key, _ in selector.select(wait):
        if not key.data.readable(key.fd):
            selector.unregister(key.fd)
    for program in list(running):
        if program.left <= 0:
            program.stop(_too_long(program.rules.limit))
        if program.open_files and not program.run.stopped:
            continue
        for file in program.open_files:
            selector.unregister(file)
        running.remove(program)
        ended(program.rules, program.end())
