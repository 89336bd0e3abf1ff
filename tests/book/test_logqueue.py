"""The search for an order of the idle queue, against simulated pools."""

import random
import unittest

import here  # noqa: F401  (finds the tools)
import logqueue
import poolsim


def seen(events):
    """What the search is given: kinds and connections."""
    return [(kind, values[0] if values else None) for kind, *values in events]


def brute_force(events, room, drop_needs_full):
    """Is there an explanation? Tries every order, with no argument to save any."""
    done = events.index(("done", None))
    queries = [i for i, (kind, _) in enumerate(events) if kind == "query"]
    again = {}
    for i in queries:
        later = [j for j in queries if j > i and events[j][1] == events[i][1]]
        again[i] = later[0] if later else None
    closed = {c: i for i, (kind, c) in enumerate(events) if kind == "close"}

    def moves(state):
        at, queue, out, left, ready, full_seen, released, unsaid = state
        for i in out:
            c = events[i][1]
            stays = again[i] is not None or closed.get(c, done) > done
            if stays and (room is None or len(queue) < room):
                longer = queue + (i,)
                full = len(longer) == room or not drop_needs_full
                seen_full = full_seen | out if full else full_seen
                yield at, longer, out - {i}, left, ready, seen_full, released, unsaid + 1
        if queue and again[queue[0]] is not None:
            yield at, queue[1:], out, left | {queue[0]}, ready, full_seen, released, unsaid
        kind, c = events[at]
        after = at + 1
        if kind == "query":
            if any(j == at for j in again.values()):
                mine = next(i for i, j in again.items() if j == at)
                if mine not in ready:
                    return
                ready = ready - {mine}
            full = len(queue) == room or not drop_needs_full
            seen_full = full_seen | ({at} if full else set())
            yield after, queue, out | {at}, left, ready, seen_full, released, unsaid
        elif kind == "kept":
            if unsaid:
                yield after, queue, out, left, ready, full_seen, released, unsaid - 1
        elif kind == "shared":
            for i in left:
                yield after, queue, out, left - {i}, ready | {i}, full_seen, released, unsaid
        elif kind == "dropped":
            for i in out & full_seen:
                if again[i] is None and closed.get(events[i][1], done) < done:
                    yield after, queue, out - {i}, left, ready, full_seen, released | {i}, unsaid
        elif kind == "close" and at < done:
            mine = [i for i in released if events[i][1] == c]
            if mine:
                yield after, queue, out, left, ready, full_seen, released - set(mine), unsaid
        elif kind == "close":
            if queue and events[queue[0]][1] == c:
                yield after, queue[1:], out, left, ready, full_seen, released, unsaid
        elif kind == "done":
            if not (out or left or ready or released or unsaid):
                yield (after, *state[1:])
        else:
            yield (after, *state[1:])

    nothing = frozenset()
    start = (0, (), nothing, nothing, nothing, nothing, nothing, 0)
    known = {start}
    stack = [start]
    while stack:
        state = stack.pop()
        if state[0] == len(events):
            return True
        for move in moves(state):
            move = tuple(frozenset(x) if isinstance(x, (set, frozenset)) else x for x in move)
            if move not in known:
                known.add(move)
                stack.append(move)
    return False


def disturbed(events, chance):
    """The events with a few lines exchanged."""
    events = list(events)
    for _ in range(chance.randint(0, 3)):
        i, j = chance.randrange(len(events)), chance.randrange(len(events))
        events[i], events[j] = events[j], events[i]
    return events


class RightPools(unittest.TestCase):
    """What a right pool prints can be explained, in whatever order it ran."""

    def test_every_simulated_log_is_explained(self):
        for seed in range(300):
            lazy = (0, 0.5, 0.9, 0.98)[seed % 4]
            events = seen(poolsim.Pool(seed, lazy=lazy).run())
            with self.subTest(seed=seed):
                self.assertIsNone(logqueue.first_unexplained(events, 2, True))


class WrongPools(unittest.TestCase):
    """Faults that a log can show are seen, at least in some of the logs."""

    def refused(self, fault, room, full):
        return sum(
            logqueue.first_unexplained(
                seen(poolsim.Pool(seed, lazy=0.9, fault=fault).run()), room, full
            )
            is not None
            for seed in range(40)
        )

    def test_last_in_first_out(self):
        self.assertGreater(self.refused("last in first out", None, False), 10)

    def test_room_for_one_more(self):
        self.assertGreater(self.refused("room for one more", 2, False), 10)

    def test_drops_with_room_left(self):
        self.assertEqual(self.refused("drops always", None, False), 0)
        self.assertEqual(self.refused("drops always", 2, True), 40)


class AgainstBruteForce(unittest.TestCase):
    """The exchange arguments lose no explanation: same answer as with none."""

    def test_same_answers(self):
        chance = random.Random(20)
        answers = {True: 0, False: 0}
        for seed in range(600):
            threads, room = chance.randint(2, 5), chance.randint(1, 2)
            fault = chance.choice([None, "last in first out", "room for one more"])
            lazy = chance.choice([0.3, 0.8])
            pool = poolsim.Pool(seed, threads, room, lazy, fault)
            events = seen(disturbed(pool.run(), chance))
            full = chance.random() < 0.5
            expected = brute_force(events, room, full)
            found = logqueue.first_unexplained(events, room, full) is None
            self.assertEqual(found, expected, (seed, room, full, events))
            answers[found] += 1
        self.assertGreater(min(answers.values()), 100, answers)


if __name__ == "__main__":
    unittest.main()
