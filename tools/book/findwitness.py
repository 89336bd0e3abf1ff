#!/usr/bin/env python3
"""Search for a schedule and random values that print the book's very log.

    findwitness.py NAME PLAYER      NAME of a page in tests/logs, PLAYER the
                                    program, as build/…/played/pool.play

The random values decide which query comes first, the order of the threads which
connection it has. So first other random values are tried, in the default order,
until a log is the book's but for the numbers of the connections; then one thread
after the other is held up at a choice, as long as that brings the log nearer.
How near it is the book's lines say: of each stretch between two `...` the place
where it fits best. Prints the `witness` line for the page and how many
schedules the search has run. Exit status: 0 found, 1 not found.
"""

import argparse
from pathlib import Path

import errors
import files
import loglines
import logplay
import logrules

RANDOMS = 2000  # numbers of random values that are tried
BATCH = 200  # in one go
CHOICES = 500  # a thread is held up at one of the first so many choices
MOVES = 40
LATE = 500  # ms after the full second that the program starts
FAR = 100  # distance of lines of different kinds or seconds
BY_ORDER = "cid"  # the number that the order of the threads decides


class Distance:
    """How far a run is from the book's log; 0: it is the book's."""

    def __init__(self, page):
        self.page = page
        self.stretches = [[]]
        for line in page.book:
            if line.is_any:
                self.stretches.append([])
            else:
                self.stretches[-1].append(self.known(line))

    def known(self, line):
        kind, fields = self.page.recognise(line.message)
        return line.stamp, kind, {name: int(text) for name, text in fields.items()}

    def of(self, run):
        try:
            lines = [self.known(line) for line in loglines.read_output(run.lines)]
        except loglines.OutputFault:
            return FAR * FAR
        return self.of_lines(lines)

    def but_for_order(self, run):
        """The same, when what the last lines are about is called as in the book."""
        lines = [self.known(line) for line in loglines.read_output(run.lines)]
        last = self.stretches[-1]
        names = {
            found[2][BY_ORDER]: wanted[2][BY_ORDER]
            for wanted, found in zip(last, lines[len(lines) - len(last) :])
            if BY_ORDER in wanted[2] and BY_ORDER in found[2]
        }
        names.update({new: old for old, new in names.items() if new not in names})
        for _, _, fields in lines:
            if BY_ORDER in fields:
                fields[BY_ORDER] = names.get(fields[BY_ORDER], fields[BY_ORDER])
        return self.of_lines(lines)

    def of_lines(self, lines):
        first, *middle, last = self.stretches
        total = self.at(lines, 0, first) + self.at(lines, len(lines) - len(last), last)
        begin, end = len(first), len(lines) - len(last)
        for stretch in middle:
            places = range(begin, end - len(stretch) + 1)
            total += min((self.at(lines, i, stretch) for i in places), default=FAR * FAR)
        return total

    def at(self, lines, index, stretch):
        """Of a stretch, laid on the lines from an index on."""
        if index < 0:
            return FAR * FAR
        pairs = zip(stretch, lines[index : index + len(stretch)])
        return sum(self.between(wanted, found) for wanted, found in pairs)

    @staticmethod
    def between(wanted, found):
        if wanted[1] != found[1]:
            return FAR
        far = FAR * (wanted[0] != found[0])
        for name, value in wanted[2].items():
            far += min(abs(value - found[2][name]), FAR)
        return far


def string(places, random):
    """The schedule that holds a thread up at each of these choices."""
    text, before = logplay.DEFAULT, -1
    for place in sorted(places):
        gap = place - before - 1
        text += f"{gap or ''}t-"
        before = place
    return f"{text}@{random}+{LATE}"


class Search:
    """Counts the schedules that it runs."""

    def __init__(self, page, player):
        self.page = page
        self.player = player
        self.distance = Distance(page)
        self.schedules = 0

    def nearest(self, strings):
        """(distance, string) of the nearest; the first of equals."""
        runs = logplay.several(self.player, self.page, strings)
        self.schedules += len(runs)
        return min(zip(map(self.distance.of, runs), strings), key=lambda pair: pair[0])

    def randoms(self):
        """Numbers of random values, a good one first."""
        for begin in range(1, RANDOMS, BATCH):
            numbers = range(begin, begin + BATCH)
            runs = logplay.several(self.player, self.page, [string([], n) for n in numbers])
            self.schedules += len(runs)
            good = [(self.distance.of(run), number) for run, number in zip(runs, numbers)
                    if self.distance.but_for_order(run) == 0]  # fmt: skip
            yield from (number for _, number in sorted(good))

    def climb(self, random):
        """Hold threads up, one more each time; None: it comes no nearer."""
        places, best = set(), None
        for _ in range(MOVES):
            tries = [places ^ {place} for place in range(CHOICES)]
            strings = {string(some, random): some for some in tries}
            far, text = self.nearest(list(strings))
            if far == 0:
                return text
            if best is not None and far >= best:
                return None
            places, best = strings[text], far
        return None


def main(argv):
    parser = argparse.ArgumentParser(prog="findwitness.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("name")
    parser.add_argument("player", type=Path)
    call = parser.parse_args(argv)
    pages = {page.name: page for page in logrules.load_all(call.root / "tests/logs", call.root)}
    if call.name not in pages or not pages[call.name].book:
        known = [name for name, page in pages.items() if page.book]
        raise errors.unknown("log of the book", call.name, known)
    search = Search(pages[call.name], call.player.resolve())
    for random in search.randoms():
        found = search.climb(random)
        if found is not None:
            print(f"witness   {found}")
            print(f"({search.schedules} schedules)")
            return errors.EXIT_OK
    print(f"no witness found in {search.schedules} schedules")
    return errors.EXIT_WRONG


if __name__ == "__main__":
    errors.run(main)
