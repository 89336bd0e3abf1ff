"""The log checker: right logs pass, each broken one is told by its own rule."""

import random
import re
import unittest

import here
import logjudge
import logrules
import logshow
import poolsim
from errors import BookError

LOGS = here.ROOT / "tests/logs"
PAGES = {page.name: page for page in logrules.load_all(LOGS)}
NAMES = "steve bob mary therese jason".split()


def judged(name, text, status=None, seconds=None, real=False):
    """A judgement of an output given as text or bytes."""
    data = text.encode() if isinstance(text, str) else text
    run = logjudge.Run.recorded(data, status, seconds)
    return logjudge.judge(run, PAGES[name], logrules.REAL if real else logrules.EXACT)


def book(name):
    return (LOGS / f"{name}.log").read_text()


def stamped(message, second=0):
    return f"2026/11/23 10:{second // 60:02}:{second % 60:02} {message}\n"


def work_log(at_once=10, seconds=50):
    """What the work program prints by a virtual clock."""
    chance = random.Random(5)
    names = NAMES * 100
    chance.shuffle(names)
    starts = [min(i // at_once, seconds - 1) for i in range(len(names))]
    return "".join(stamped(name, start) for name, start in zip(names, starts))


class Case(unittest.TestCase):
    def passes(self, judgement):
        self.assertEqual(judgement.verdict, logjudge.PASS, judgement)

    def breaks(self, judgement, words, detail=""):
        """Broken, and by the rule meant for it: its words, and what was seen."""
        self.assertEqual(judgement.verdict, logjudge.BROKEN)
        self.assertIn(words, judgement.words, judgement)
        self.assertIn(detail, judgement.detail, judgement)


class Runner(Case):
    ORDER = "The lines are the book's"

    def test_the_book_itself(self):
        self.passes(judged("runner-timeout", book("runner-timeout"), status=1))

    def test_wrong_spacing(self):
        text = book("runner-timeout").replace("JOB #1 Start", "JOB  #1 Start")
        self.breaks(judged("runner-timeout", text), self.ORDER, "1 wrong, 1 missing")

    def test_lines_exchanged(self):
        lines = book("runner-timeout").splitlines(True)
        lines[1], lines[2] = lines[2], lines[1]
        self.breaks(judged("runner-timeout", "".join(lines)), self.ORDER)

    def test_line_missing(self):
        text = re.sub(".*#1 Finish.*\n", "", book("runner-timeout"))
        judgement = judged("runner-timeout", text)
        self.breaks(judgement, self.ORDER, "1 missing")
        self.assertEqual(judgement.breach.missing, [(4, "Process - JOB #1 Finish.")])

    def test_line_too_late(self):
        text = book("runner-timeout").replace("23:15:46", "23:15:47")
        self.breaks(judged("runner-timeout", text), "as many seconds", "1 line at another")
        self.passes(judged("runner-timeout", text, real=True))
        text = text.replace("23:15:47", "23:15:48")
        self.breaks(judged("runner-timeout", text, real=True), "as many seconds")

    def test_last_finish_line_may_come_in_real_time_only(self):
        for before in (True, False):
            lines = book("runner-timeout").splitlines(True)
            lines.insert(6 if before else 7, "2020/09/22 23:15:46 Process - JOB #2 Finish.\n")
            text = "".join(lines)
            self.passes(judged("runner-timeout", text, real=True))
            self.breaks(judged("runner-timeout", text), self.ORDER, "1 wrong")
        twice = text + lines[-1]
        self.breaks(judged("runner-timeout", twice, real=True), self.ORDER, "1 wrong")

    def test_exit_status(self):
        judgement = judged("runner-timeout", book("runner-timeout"), status=0)
        self.breaks(judgement, "ends with status 1", "ended with status 0")
        judgement = judged("runner-timeout", book("runner-timeout"), status=-11)
        self.breaks(judgement, "ends with status 1", "SIGSEGV")

    def test_interrupt_without_a_terminal(self):
        """By a virtual clock there is no terminal: neither echo nor go command."""
        text = book("runner-interrupt").replace("^C", "").replace("exit status 2\n", "")
        self.passes(judged("runner-interrupt", text, status=2))

    def test_interrupt_not_heeded(self):
        text = book("runner-interrupt").replace("^C", "").replace("exit status 2\n", "")
        text = re.sub("인터럽트.*", "Process - JOB #2 Start.", text)
        self.breaks(judged("runner-interrupt", text), self.ORDER, "1 wrong, 1 missing")


class Terminal(Case):
    """On a terminal, its echo belongs to the log, as in the book."""

    def on_terminal(self, text, status=2):
        run = logjudge.Run.recorded(text.replace("\n", "\r\n").encode(), status)
        run.terminal = run.typed = True
        return logjudge.judge(run, PAGES["runner-interrupt"])

    def test_as_in_the_book(self):
        self.passes(self.on_terminal(book("runner-interrupt").replace("exit status 2\n", "")))

    def test_the_echo_is_accounted_for(self):
        text = book("runner-interrupt").replace("exit status 2\n", "").replace("^C", "")
        self.breaks(self.on_terminal(text), Runner.ORDER)

    def test_killed_by_the_key(self):
        text = "".join(book("runner-interrupt").splitlines(True)[:4]) + "^C"
        self.breaks(self.on_terminal(text, -2), "ends with status 2", "SIGINT")

    def test_never_typed(self):
        run = logjudge.Run.recorded(stamped("작업 시작!").replace("\n", "\r\n").encode(), 0)
        run.terminal = True
        judgement = logjudge.judge(run, PAGES["runner-interrupt"])
        self.assertEqual(judgement.verdict, logjudge.BROKEN)


class Pool(Case):
    def setUp(self):
        self.events = poolsim.Pool(7, lazy=0.9).run()

    def judged(self):
        return judged("pool", poolsim.text(self.events), status=0)

    def find(self, kind, number=0):
        return [i for i, event in enumerate(self.events) if event[0] == kind][number]

    def move(self, start, end):
        self.events.insert(end, self.events.pop(start))

    def test_right(self):
        self.passes(self.judged())

    def test_spacing(self):
        text = poolsim.text(self.events).replace("Connection  1\n", "Connection 1\n", 1)
        self.breaks(judged("pool", text), "to the letter", "cannot be recognised")

    def test_missing_close(self):
        del self.events[self.find("close", -1)]
        self.breaks(self.judged(), "is closed, and closed once", "never comes")

    def test_closed_twice(self):
        self.events.append(self.events[-1])
        self.breaks(self.judged(), "is closed, and closed once", "comes twice")

    def test_closed_but_never_created(self):
        self.events.append(("close", 77))
        self.breaks(self.judged(), "is closed, and closed once", "must not come")

    def test_created_twice(self):
        self.events.insert(2, ("create", 1))
        self.breaks(self.judged(), "is created once", "create.cid 1 comes twice")

    def test_query_missing(self):
        self.events = [e for e in self.events if e[0] != "query" or e[2] != 10]
        self.breaks(self.judged(), "Each QID", "query.qid 10 never comes")

    def test_query_twice(self):
        at = self.find("query")
        self.events.insert(at, self.events[at])
        self.breaks(self.judged(), "Each QID", "comes twice")

    def test_used_before_created(self):
        at = self.find("query")
        self.move(at, self.find("create", 0))
        connection = self.events[self.find("query")][1]
        created = self.find("create", connection - 1)
        if created < self.find("query"):
            self.move(created, self.find("query") + 1)
        self.breaks(self.judged(), "only after it was created")

    def test_used_after_close(self):
        # Exchange the connections of the first closing and of a later query.
        closed = self.events[self.find("close")][1]
        at = self.find("query", -1)
        self.events[at] = ("query", closed, self.events[at][2])
        self.breaks(self.judged(), "never used after it was closed", "used after")

    def test_create_before_its_acquire(self):
        self.move(self.find("create"), 1)
        self.move(1, 0)
        self.breaks(self.judged(), "the first acquire finds nothing")
        self.move(0, 1)
        self.passes(self.judged())
        self.events.insert(1, self.events.pop(self.find("create", 1)))
        self.breaks(self.judged(), "says so before the connection is made")

    def test_too_few_acquires(self):
        del self.events[self.find("shared")]
        self.breaks(self.judged(), "Each query has one acquire", "24")

    def test_not_given_back(self):
        del self.events[self.find("kept")]
        self.breaks(self.judged(), "gives its connection back", "24")

    def test_given_back_before_its_query(self):
        self.move(self.find("kept"), 2)
        self.breaks(self.judged(), "given back only after its query")

    def test_closed_without_release(self):
        closed = self.events[self.find("close")][1]
        used = [i for i, e in enumerate(self.events) if e[:2] == ("query", closed)]
        self.move(self.find("close"), used[-1] + 1)
        self.breaks(self.judged(), "closed only when it is released")

    def test_work_after_done(self):
        self.move(self.find("kept", -1), len(self.events))
        self.breaks(self.judged(), "nothing happens but the closing", "1 line")

    def test_no_done(self):
        del self.events[self.find("done")]
        self.breaks(self.judged(), "is printed once", "0 'done' lines")

    def one_after_the_other(self):
        """Three connections made and queried; then each given back in turn."""
        ids = range(1, 4)
        made = [e for c in ids for e in (("new",), ("create", c), ("query", c, c - 1))]
        self.events = made + [("kept",), ("kept",), ("dropped",), ("close", 3)]
        # 22 more queries, each on the connection idle longest.
        for qid in range(3, 25):
            self.events += [("shared",), ("query", 1 + (qid + 1) % 2, qid), ("kept",)]
        self.events += [("done",), ("close", 1 + 0), ("close", 2)]

    def test_queue_in_order(self):
        self.one_after_the_other()
        self.passes(self.judged())

    def test_queue_closed_in_the_wrong_order(self):
        self.one_after_the_other()
        self.events[-2:] = reversed(self.events[-2:])
        self.breaks(self.judged(), "first-in, first-out")

    def test_queue_used_in_the_wrong_order(self):
        """The same connection again and again, while another one waits."""
        self.one_after_the_other()
        for at, event in enumerate(self.events):
            if event[0] == "query" and event[2] >= 3:
                self.events[at] = ("query", 1, event[2])
        self.breaks(self.judged(), "first-in, first-out", "a wrong one leaves")

    def test_three_idle(self):
        self.one_after_the_other()
        at = self.find("dropped")
        self.events[at : at + 2] = [("kept",)]
        for at, event in enumerate(self.events):
            if event[0] == "query" and event[2] >= 3:
                self.events[at] = ("query", 1 + event[2] % 3, event[2])
        self.events[-2:] = [("close", c) for c in (2, 3, 1)]
        self.breaks(self.judged(), "Never are more than two")

    def test_released_with_room(self):
        self.events = []
        for qid in range(25):
            self.events += [("new",), ("create", qid + 1), ("query", qid + 1, qid)]
            self.events += [("dropped",), ("close", qid + 1)]
        self.events.append(("done",))
        self.breaks(self.judged(), "only while two others are idle")


class Work(Case):
    def test_right(self):
        self.passes(judged("work", work_log(), seconds=50))
        self.passes(judged("work", work_log()))
        self.passes(judged("work", work_log(), seconds=51, real=True))

    def test_a_name_too_often(self):
        text = work_log().replace("steve", "bob", 1)
        self.breaks(judged("work", text), "100 times", "name.who bob comes 101 times")

    def test_a_line_too_few(self):
        text = "".join(work_log().splitlines(True)[:-1])
        self.breaks(judged("work", text), "500 tasks", "499")

    def test_another_name(self):
        text = work_log().replace("mary", "Mary", 1)
        self.breaks(judged("work", text), "one of the five names")

    def test_eleven_at_once(self):
        text = work_log(at_once=11)
        self.breaks(judged("work", text, seconds=46), "more than ten", "11 or more lines")

    def test_49_seconds(self):
        self.breaks(judged("work", work_log(), seconds=49), "fifty seconds", "took 49.0 s")
        self.breaks(judged("work", work_log(), 0, 49, real=True), "fifty seconds")

    def test_one_at_a_time(self):
        text = work_log(at_once=5, seconds=100)
        self.breaks(judged("work", text), "fifty seconds", "must take 49 s")

    def real(self, moments, seconds=50.2):
        """A real run of which the lines were read at these moments."""
        lines = work_log().splitlines(True)
        run = logjudge.Run([(x.encode(), t) for x, t in zip(lines, moments)], 0, seconds)
        return logjudge.judge(run, PAGES["work"])

    def test_lines_read_late(self):
        """Half a second late at most: no false alarm, whatever the stamps say."""
        chance = random.Random(3)
        late = sorted(i // 10 * 1.002 + chance.uniform(0, 0.45) for i in range(500))
        self.passes(self.real(late))

    def test_eleven_workers_in_real_time(self):
        self.breaks(self.real([i // 11 * 1.001 for i in range(500)]), "more than ten")


class Unreadable(Case):
    """Output that is no log: one clear message each."""

    def refused(self, text, detail, **how):
        self.breaks(judged("pool", text, **how), "lines of a log", detail)

    def test_nothing(self):
        self.refused("", "printed nothing")

    def test_partial_line(self):
        self.refused(stamped("Program is done")[:-1], "line 1 is not complete")

    def test_two_lines_mixed(self):
        mixed = stamped("Create: New 2026/11/23 10:00:00 Resource acquire: New Resource")
        self.refused(mixed, "line 1 is two lines run into each other")

    def test_crlf(self):
        self.refused(stamped("Program is done").replace("\n", "\r\n"), "line 1 ends in CR LF")

    def test_not_utf8(self):
        self.refused(stamped("Program is done").encode() + b"\xff\xfe\n", "line 2 is not UTF-8")

    def test_no_stamp(self):
        self.refused("Program is done\n", "does not begin with a time stamp")

    def test_impossible_stamp(self):
        self.refused("2026/13/23 10:00:00 Program is done\n", "that is no date")

    def test_crash_before_the_first_line(self):
        judgement = judged("pool", "", status=-6)
        self.breaks(judgement, "ends with status 0", "SIGABRT")


class EditedBook(here.Workbook):
    """A book's log that was changed, and rules that say nonsense."""

    def setUp(self):
        super().setUp()
        for path in LOGS.iterdir():
            self.put(f"tests/logs/{path.name}", path.read_text())

    def refused(self, message):
        error = self.tool("logs.py", "rules", status=1)
        self.assertEqual(error.count("\n"), 1, error)
        self.assertIn(message, error)

    def bytes_of(self, name):
        path = self.root / "tests/logs" / name
        return path, path.read_bytes()

    def test_untouched(self):
        self.assertIn("4 pages", self.tool("logs.py", "rules"))

    def judge(self, *arguments, status):
        return self.tool("logs.py", "judge", *arguments, status=status)

    def test_judge_a_kept_log(self):
        kept = self.put("kept.log", work_log())
        printed = self.judge("work", kept, "--seconds", "50", "--exact", status=0)
        self.assertIn("1 as promised, 0 broken", printed)
        self.judge("work", kept, "--seconds", "49", "--exact", status=1)
        error = self.judge("wrok", kept, status=2)
        self.assertIn("no log is called 'wrok'; there are: pool runner-interrupt", error)

    def test_edited(self):
        path, data = self.bytes_of("pool.log")
        path.write_bytes(data.replace(b"CID[24]", b"CID[23]"))
        self.refused("tests/logs/pool.log: was changed: it is the book's own log")

    def test_truncated(self):
        path, data = self.bytes_of("pool.log")
        path.write_bytes(data[:100])
        self.refused("tests/logs/pool.log: was changed")

    def test_empty(self):
        path, _ = self.bytes_of("pool.log")
        path.write_bytes(b"")
        self.refused("tests/logs/pool.log: is empty")

    def test_gone(self):
        path, _ = self.bytes_of("pool.log")
        path.unlink()
        self.refused("tests/logs/pool.log: cannot be read: No such file")

    def test_crlf(self):
        path, data = self.bytes_of("pool.log")
        path.write_bytes(data.replace(b"\n", b"\r\n"))
        self.refused("tests/logs/pool.log:1: has Windows line ends")

    def test_not_utf8(self):
        path, data = self.bytes_of("pool.log")
        path.write_bytes(data.replace(b"Query", b"Quer\xff"))
        self.refused("tests/logs/pool.log:5: is not UTF-8 text")

    def edit(self, name, old, new):
        text = self.read(f"tests/logs/{name}")
        self.assertIn(old, text)
        self.put(f"tests/logs/{name}", text.replace(old, new, 1))

    def test_unknown_directive(self):
        self.edit("work.rules", "limit ", "limt ")
        self.refused("tests/logs/work.rules:7: no directive is called 'limt'; there are:")

    def test_unknown_rule(self):
        self.edit("work.rules", "rule  at-most", "rule  atmost")
        self.refused("no rule is called 'atmost'; there are: known-lines")

    def test_rule_without_words(self):
        self.edit("work.rules", ": Every line is one of the five names.", "")
        self.refused("a rule ends with")

    def test_book_line_that_no_rule_describes(self):
        self.edit("pool.rules", "Program is done", "Program is over")
        self.refused("tests/logs/pool.log:8: no `line` in tests/logs/pool.rules")


class Shown(Case):
    """What a person sees: words, not colour alone."""

    def test_lines_in_context(self):
        text = book("runner-timeout").replace("JOB #1 Start", "JOB  #1 Start")
        run = logjudge.Run.recorded(text.encode(), 1)
        judgement = logjudge.judge(run, PAGES["runner-timeout"])
        golden = (here.ROOT / "tests/book/golden/log-mismatch.txt").read_text()
        shown = logshow.summary("runner-timeout", judgement, "3.0 s")
        shown += "\n" + logshow.details(judgement, run) + "\n"
        self.assertEqual(shown, golden)

    def test_far_lines_are_left_out(self):
        events = poolsim.Pool(7, lazy=0.9).run()
        run = logjudge.Run.recorded(poolsim.text(events + events[-1:]).encode(), 0)
        judgement = logjudge.judge(run, PAGES["pool"])
        shown = logshow.details(judgement, run)
        self.assertLess(shown.count("\n"), 8)
        self.assertRegex(shown, r"\.\.\. \d+ lines \.\.\.")

    def test_colour_only_adds(self):
        run = logjudge.Run.recorded(b"nonsense\n", 1)
        judgement = logjudge.judge(run, PAGES["pool"])
        plain = logshow.details(judgement, run)
        coloured = logshow.details(judgement, run, colour=True)
        self.assertNotEqual(plain, coloured)
        self.assertEqual(re.sub("\x1b\\[[0-9]*m", "", coloured), plain)

    def test_control_characters_stay_off_the_terminal(self):
        run = logjudge.Run.recorded(b"\x1b[2Jgone\n", 1)
        shown = logshow.details(logjudge.judge(run, PAGES["pool"]), run)
        self.assertNotIn("\x1b", shown)


class Patterns(Case):
    """A book's log with `...` stands for any lines there."""

    def test_any_lines(self):
        from logalign import align

        self.assertEqual(align(["a", None, "z"], list("abcz")).wrong, [])
        self.assertEqual(align(["a", None, "z"], list("az")).missing, [])
        found = align(["a", None, "z"], list("abc"))
        self.assertEqual((found.wrong, found.missing), ([], [(3, "z")]))
        found = align(["a", None, "m", None, "z"], list("xazmz"))
        self.assertEqual((found.wrong, found.missing), ([0], []))


if __name__ == "__main__":
    unittest.main()
