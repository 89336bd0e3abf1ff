"""Is a run the book's own log, with its very numbers and seconds?

The pool's log in the book is one run of many, and much of it is left out
(`...`). The page of rules names a schedule under which the solution prints a log
that the book's matches; this module judges it, and tools/book/findwitness.py
searches for another one when the program has changed.
"""

import loglines
import logjudge
from logalign import align
from logkinds import Breach
from logrules import ANY

WORDS = "The witness prints the book's own log, numbers and seconds included."
REMEDY = "if the program was changed, tools/book/findwitness.py searches for another"


def pattern(page):
    """The book's lines as text; None stands for any lines."""
    return [None if line.is_any else line.text for line in page.book]


def judge(run, page):
    """A judgement of the run that the page calls its witness."""
    judgement = logjudge.judge(run, page, ANY)
    if judgement.verdict != logjudge.PASS:
        return judgement
    printed = [loglines.plain(raw) for raw, _ in run.lines]
    breach = align(pattern(page), printed).breach(Breach)
    if breach is None:
        return judgement
    detail = f"{breach.detail}; {REMEDY}"
    return logjudge.Judgement(logjudge.BROKEN, WORDS, detail, breach)
