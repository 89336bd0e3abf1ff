#!/usr/bin/env python3
"""Search for a schedule and random values that print the book's very log.

    findwitness.py NAME PLAYER      NAME of a page in tests/logs, PLAYER the
                                    program, as build/…/played/pool.play

First other random values in the default order; then, from the nearest log, one
thread after the other is held up at a choice, as long as that brings the log
nearer. What is nearer the book's lines say: of each stretch between two `...`
the place where it fits best. Prints the `witness` line for the page and how many
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
BATCH = 200
CHOICES = 500  # a thread is held up at one of the first so many choices
MOVES = 40
LATE = 500  # ms after the full second that the program starts
FAR = 100  # distance of lines of different kinds or seconds
# What only the random values decide weighs more than what the order decides.
WEIGHTS = {"qid": 20}


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
            far += WEIGHTS.get(name, 1) * min(abs(value - found[2][name]), FAR)
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
        """Numbers of random values, the nearest log's first."""
        found = []
        for begin in range(1, RANDOMS, BATCH):
            numbers = range(begin, begin + BATCH)
            strings = [string([], number) for number in numbers]
            runs = logplay.several(self.player, self.page, strings)
            self.schedules += len(runs)
            found += zip(map(self.distance.of, runs), numbers)
        return [number for _, number in sorted(found)]

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
    for random in search.randoms()[:20]:
        found = search.climb(random)
        if found is not None:
            print(f"witness   {found}")
            print(f"({search.schedules} schedules)")
            return errors.EXIT_OK
    print(f"no witness found in {search.schedules} schedules")
    return errors.EXIT_WRONG


if __name__ == "__main__":
    errors.run(main)
