"""Does some first-in, first-out order of the idle queue explain a pool's log?

The lines of acquire and return carry no ids, and a line is printed some time
after the act that it tells of. So the acts themselves are unseen: a connection
*enters* the queue (then "Returned" is printed), *leaves* it at the front (then
"Shared"), or is *dropped* because the queue is full (then "Release").

What each connection went through is known from its Query and Close lines:
between two queries of it, it entered and left; after its last one it was
dropped if it was closed before "Program is done", else it entered and stayed.
Unknown is when, and which anonymous line tells of which act.

The search walks along the log and, before each line, may let acts happen. Three
exchange arguments leave it only one kind of choice, *when*, so that it is
exhaustive and yet small:

- which of two connections enters first: the one that is needed again first. If
  a solution lets the other one enter first, swap the two in all their acts: the
  queue is as long as before at every moment, the one needed first leaves no
  later, and the other one leaves before the first one's query, which comes
  before its own. Those that stay to the end enter last, in the order in which
  they are closed.
- which of those that left a "Shared" line tells of: the one needed first.
- which of those that were dropped a "Release" line tells of: the one closed
  first.

That a "New" line came from an empty queue cannot be refuted: the queue was empty
at the start, and a thread may look then and print late.
"""

from typing import NamedTuple

LIMIT = 300_000  # states; a log that needs more is given the benefit of doubt


class _State(NamedTuple):
    """Where the search stands; connections wait in order of need."""

    at: int = 0  # the next line
    queue: tuple = ()
    entering: tuple = ()  # queried, will enter
    left: tuple = ()  # left the queue, their "Shared" not seen
    ready: frozenset = frozenset()  # "Shared" seen, query to come
    dropping: frozenset = frozenset()  # queried, will be dropped
    dropped: frozenset = frozenset()  # may have been dropped: the queue was full
    closing: frozenset = frozenset()  # "Release" seen, close to come
    unsaid: int = 0  # entered, "Returned" not seen


def first_unexplained(events, room=None, drop_needs_full=False):
    """The index of the line at which every explanation fails, or None.

    `events` are (kind, connection or None) with the kinds query, kept, shared,
    dropped, close, done; others are passed over. `room` is how many may be
    idle; None: any number.
    """
    search = _Search(events, room, drop_needs_full)
    return search.run()


class _Search:
    def __init__(self, events, room, drop_needs_full):
        self.events = events
        self.room = room
        self.drop_needs_full = drop_needs_full
        kinds = [kind for kind, _ in events]
        self.done = kinds.index("done") if "done" in kinds else len(events)
        self.queries = {}  # connection -> positions of its queries
        self.closed = {}  # connection -> position of its close
        for position, (kind, connection) in enumerate(events):
            if kind == "query":
                self.queries.setdefault(connection, []).append(position)
            elif kind == "close":
                self.closed.setdefault(connection, position)

    def run(self):
        furthest = 0
        start = _State()
        seen = {start}
        stack = [start]
        while stack:
            state = stack.pop()
            furthest = max(furthest, state.at)
            if state.at == len(self.events) or len(seen) > LIMIT:
                return None
            for following in self.following(state):
                if following not in seen:
                    seen.add(following)
                    stack.append(following)
        return furthest

    def following(self, state):
        """What may come next; the last one is tried first."""
        if state.entering and (self.room is None or len(state.queue) < self.room):
            yield self.enter(state)
        if state.queue and self.next_query(state.queue[0], state.at) is not None:
            yield self.leave(state)
        printed = self.printed(state, *self.events[state.at])
        if printed is not None:
            yield printed._replace(at=state.at + 1)

    def next_query(self, connection, at):
        """The position of its next query, or None if there is none."""
        for position in self.queries.get(connection, ()):
            if position >= at:
                return position
        return None

    def need(self, connection, at):
        """By when it must have left; those that stay come last, as closed."""
        position = self.next_query(connection, at)
        if position is not None:
            return position
        return len(self.events) + self.closed.get(connection, len(self.events))

    def enter(self, state):
        """The connection needed first enters the queue."""
        queue = state.queue + state.entering[:1]
        state = state._replace(queue=queue, entering=state.entering[1:], unsaid=state.unsaid + 1
        )
        return self.note_full(state)

    def note_full(self, state):
        if self.drop_needs_full and len(state.queue) != self.room:
            return state
        dropped = state.dropped | state.dropping
        return state._replace(dropping=frozenset(), dropped=dropped)

    def leave(self, state):
        """The connection at the front leaves the queue."""
        left = self.by_need(state.left + state.queue[:1], state.at)
        return state._replace(queue=state.queue[1:], left=left)

    def by_need(self, connections, at):
        return tuple(sorted(connections, key=lambda c: self.need(c, at)))

    def printed(self, state, kind, connection):
        """The state after the next line, or None if it cannot be printed now."""
        if kind == "query":
            return self.query(state, connection)
        if kind == "kept":
            return state._replace(unsaid=state.unsaid - 1) if state.unsaid else None
        if kind == "shared":
            return self.shared(state)
        if kind == "dropped":
            return self.release(state)
        if kind == "close":
            return self.close(state, connection)
        if kind == "done":
            return state if self.all_said(state) else None
        return state

    def query(self, state, connection):
        if self.queries[connection][0] != state.at:
            if connection not in state.ready:
                return None
            state = state._replace(ready=state.ready - {connection})
        after = state._replace(at=state.at + 1)
        again = self.next_query(connection, after.at) is not None
        if again or self.closed.get(connection, self.done) >= self.done:
            entering = self.by_need(after.entering + (connection,), after.at)
            return after._replace(entering=entering)
        return self.note_full(after._replace(dropping=after.dropping | {connection}))

    def shared(self, state):
        if not state.left:
            return None
        return state._replace(left=state.left[1:], ready=state.ready | {state.left[0]})

    def release(self, state):
        if not state.dropped:
            return None
        first = min(state.dropped, key=lambda c: self.closed[c])
        return state._replace(dropped=state.dropped - {first}, closing=state.closing | {first}
        )

    def close(self, state, connection):
        if connection in state.closing:
            return state._replace(closing=state.closing - {connection})
        if state.at > self.done and state.queue[:1] == (connection,):
            return state._replace(queue=state.queue[1:])
        return None

    @staticmethod
    def all_said(state):
        """At "Program is done" every thread has ended and printed its lines."""
        waiting = (state.entering, state.left, state.ready, state.dropping,
                   state.dropped, state.closing, state.unsaid)  # fmt: skip
        return not any(waiting)
