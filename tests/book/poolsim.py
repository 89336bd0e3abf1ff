"""A pool of threads, simulated: logs of any interleaving, right ones or wrong.

Written apart from the checker: here every act is seen and every thread known.
"""

import random


class Pool:
    """Threads that each acquire, query and release, one act at a time."""

    def __init__(self, seed, threads=25, room=2, lazy=0.5, fault=None):
        self.random = random.Random(seed)
        self.room = room
        self.threads = threads
        self.lazy = lazy  # how likely the thread that ran runs again
        self.fault = fault
        self.queue = []
        self.made = 0
        self.events = []

    def say(self, kind, *values):
        self.events.append((kind, *values))

    def thread(self, qid):
        """One thread; between two `yield` nothing else happens."""
        if self.queue:
            connection = self.queue.pop(-1 if self.fault == "last in first out" else 0)
            yield
            self.say("shared")
        else:
            yield
            self.say("new")
            yield
            self.made += 1
            connection = self.made
            yield
            self.say("create", connection)
        yield
        self.say("query", connection, qid)
        yield
        room = self.room + (self.fault == "room for one more")
        if len(self.queue) < room and self.fault != "drops always":
            self.queue.append(connection)
            yield
            self.say("kept")
        else:
            yield
            self.say("dropped")
            yield
            self.say("close", connection)

    def run(self):
        """Let all threads run in some order; returns the events."""
        alive = [self.thread(qid) for qid in range(self.threads)]
        current = None
        while alive:
            if current not in alive or self.random.random() > self.lazy:
                current = self.random.choice(alive)
            try:
                next(current)
            except StopIteration:
                alive.remove(current)
        self.say("done")
        for connection in self.queue:
            self.say("close", connection)
        return self.events


WORDS = {
    "new": "Resource acquire: New Resource",
    "shared": "Resource acquire: Shared Resource",
    "create": "Create: New Database Connection  {0}",
    "query": "Query : QID[{1}] CID[{0}]",
    "kept": "Resource Return:  Returned Resource Queue",
    "dropped": "Resource Return:  Release Resource",
    "close": "Close: Database Connection  {0}",
    "done": "Program is done",
}


def text(events):
    """The events as the program prints them."""
    return "".join(
        "2026/11/23 10:00:00 " + WORDS[kind].format(*values) + "\n"
        for kind, *values in events
    )
