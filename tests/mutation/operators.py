"""The field's mutation operators: each makes one concurrency mistake somewhere.

An operator is a generator: given a file and one of its functions, it yields a
Change for each place where the mistake can be made. What it yields is decided by
the shape of the code alone, so the list is the same everywhere.
"""

import re
from dataclasses import dataclass

from edits import dropped, inserted_before, inserted_behind, whole_lines, wrapped

LOCK, UNLOCK = "pthread_mutex_lock", "pthread_mutex_unlock"
WAITS = ("pthread_cond_wait", "pthread_cond_timedwait")
SIGNALS = ("pthread_cond_signal", "pthread_cond_broadcast")
DESTROYS = ("pthread_mutex_destroy", "pthread_cond_destroy", "pthread_condattr_destroy")
CALLBACK = re.compile(r"(->|\.)(open|close|task)\(")
FREES = re.compile(r"^(free|free_memory|free_pool)\(")
JOINS = re.compile(r"^(join|release)_")  # for drop_join and mask_not_restored
RELEASES = re.compile(r"(->|\.)close\(")
LITERAL = re.compile(r"^[01]$")
WRONG_BY_ONE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OTHER_CLOCK = {"CLOCK_MONOTONIC": "CLOCK_REALTIME"}


@dataclass
class Change:
    """One mistake: at which statement or token, in words, as edits of the text."""

    at: int  # offset; its line is in the mutant's name
    fault: str
    edits: list


class Section:
    """A critical section: the statements of one block between lock and unlock."""

    def __init__(self, lock, inside, unlock, behind):
        self.lock, self.inside, self.unlock, self.behind = lock, inside, unlock, behind

    def walk(self):
        for statement in self.inside:
            yield from statement.walk()


def sections(function):
    for block in function.walk():
        if block.kind != "block":
            continue
        parts = block.parts
        locks = [i for i, part in enumerate(parts) if part.calls(LOCK)]
        for i in locks:
            ends = [j for j in range(i + 1, len(parts)) if parts[j].calls(UNLOCK)]
            if ends:
                yield Section(parts[i], parts[i + 1 : ends[0]], parts[ends[0]], parts[ends[0] + 1 :])


def simple(function, *names):
    """The simple statements that call one of these functions."""
    for statement in function.walk():
        if any(statement.calls(name) for name in names):
            yield statement


def matching(source, function, pattern):
    for statement in function.walk():
        if statement.kind == "simple" and pattern.search(source.of(statement)):
            yield statement


def waiting_loops(function):
    for loop in function.walk():
        if loop.kind == "while" and any(p.calls(w) for p in loop.walk() for w in WAITS):
            yield loop


def in_words(source, piece):
    return " ".join(source.of(piece).rstrip(";").split())


def removed(source, statement, fault):
    words = f"{fault}: {in_words(source, statement)}."
    return Change(statement.start, words, dropped(source.text, statement))


# --- Locks -------------------------------------------------------------------


def drop_lock(source, function):
    for statement in simple(function, LOCK):
        yield removed(source, statement, "A lock is not taken")


def drop_unlock(source, function):
    for statement in simple(function, UNLOCK):
        yield removed(source, statement, "A lock is not given back")


def double_unlock(source, function):
    """A lock is given back twice, as by a branch and by what follows it."""
    for statement in simple(function, UNLOCK):
        yield Change(statement.start, f"Given back twice: {in_words(source, statement)}.",
                     wrapped(source.text, statement, "", source.of(statement)))  # fmt: skip


def drop_section(source, function):
    for section in sections(function):
        yield Change(
            section.lock.start, "A critical section has no lock around it.",
            dropped(source.text, section.lock) + dropped(source.text, section.unlock),
        )  # fmt: skip


def try_lock(source, function):
    """A lock that is only tried, and used even if it could not be had."""
    for statement in simple(function, LOCK):
        call = source.of(statement)[len("MUST(") : -len(");")].replace("_lock(", "_trylock(")
        yield Change(statement.start, "A lock is tried; what came of it is not asked.",
                     [(statement.start, statement.end, f"(void){call};")])  # fmt: skip


def shrink_section(source, function):
    """The first statement comes before the lock, or the last behind the unlock."""
    for section in sections(function):
        first, last = section.inside[0], section.inside[-1]
        yield Change(
            first.start, f"This comes before the lock: {shortly(source, first)}.",
            dropped(source.text, section.lock)
            + inserted_behind(source.text, first, source.of(section.lock)),
        )  # fmt: skip
        yield Change(
            last.start, f"This comes behind the unlock: {shortly(source, last)}.",
            dropped(source.text, section.unlock)
            + inserted_before(source.text, last, source.of(section.unlock)),
        )  # fmt: skip


def split_section(source, function):
    """The lock is given back, and taken again, between two statements."""
    for section in sections(function):
        pair = source.of(section.unlock), source.of(section.lock)
        for statement in section.walk():
            if statement is section.inside[0] or statement.parent.kind != "block":
                continue
            if statement.kind == "block" or is_free_anyway(source, section, statement):
                continue
            edits = [
                edit for line in reversed(pair) for edit in inserted_before(source.text, statement, line)
            ]
            [(start, end, above), (_, _, below)] = reversed(edits)
            yield Change(
                statement.start, f"The lock is free for a moment before: {shortly(source, statement)}.",
                [(start, end, above + below)],
            )  # fmt: skip


def is_free_anyway(source, section, statement):
    """Does a free lock before this change nothing, whatever the program?

    It touches the thread's own variables alone; or it is a loop that waits, which
    gives the lock back itself; or it wakes who waits for a condition that lives
    as long as the lock.
    """
    text = source.of(statement)
    if not re.search(r"->|\w\(", re.sub(r"^(if|while|for) \(|\bMUST\(", "", text)):
        return True
    if any(part.calls(wait) for part in statement.walk() for wait in WAITS):
        return statement.kind == "while"
    [owner] = re.findall(r"&(\w+)->lock", source.of(section.lock))
    return any(statement.calls(name) for name in SIGNALS) and f"&{owner}->" in text


def shortly(source, statement):
    """A statement's beginning in words: enough to know it by."""
    if statement.condition and statement.kind != "do":
        return f"{statement.kind} ({in_words(source, statement.condition)})"
    return in_words(source, statement)


def early_return(source, function):
    """A branch inside a critical section returns, and keeps the lock."""
    returns = [s for s in function.walk() if s.kind == "simple" and s.first == "return"]
    void = "void" in [token.text for token in function.head] and not returns
    for section in sections(function):
        behind = [s for s in section.behind if s.kind == "simple" and s.first == "return"]
        if not (behind or void):
            continue
        line = "return;" if void else source.of(behind[-1])
        for branch in section.walk():
            if branch.kind != "if":
                continue
            line = in_scope(source, section, branch, line)
            for part in branch.parts:
                if part.kind == "if":  # else if: its own turn comes
                    continue
                last = part.parts[-1] if part.kind == "block" else part
                edits = wrapped(source.text, last, "", line)
                yield Change(last.start, f"A branch returns with the lock held: {line}", edits)


def in_scope(source, section, branch, line):
    """The return; what is computed behind the branch is put in its place."""
    for statement in section.inside:
        made = re.match(r"(?:enum )?\w+ (\w+) = (.*);$", source.of(statement), re.S)
        if statement.start > branch.start and made and line == f"return {made[1]};":
            return f"return {made[2]};"
    return line


def callback_under_lock(source, function):
    """The user's function is called with the lock held."""
    owner = lock_owner(source, function)
    for statement in matching(source, function, CALLBACK) if owner else ():
        lock, unlock = (f"MUST({call}(&{owner}->lock));" for call in (LOCK, UNLOCK))
        yield Change(
            statement.start, f"The user's function is called under the lock: {shortly(source, statement)}.",
            wrapped(source.text, statement, lock, unlock),
        )  # fmt: skip


def lock_owner(source, function):
    """The variable whose member `lock` the function could take."""
    text = source.of(function.head) + source.of(function.body)
    found = re.search(r"\b(?:runner|pool|work_pool|waitgroup) \*(\w+)\b", text)
    return found and found[1]


# --- Conditions --------------------------------------------------------------


def drop_signal(source, function):
    for statement in simple(function, "pthread_cond_signal"):
        yield removed(source, statement, "Nobody is woken")


def drop_broadcast(source, function):
    for statement in simple(function, "pthread_cond_broadcast"):
        yield removed(source, statement, "Nobody is woken")


def signal_for_broadcast(source, function):
    for statement in simple(function, "pthread_cond_broadcast"):
        token = next(t for t in statement.tokens if t.text == "pthread_cond_broadcast")
        yield Change(statement.start, "One is woken where all must be.",
                     [(token.start, token.end, "pthread_cond_signal")])  # fmt: skip


def early_signal(source, function):
    """The waiter is woken before the lock is taken, and what it waits for done."""
    for section in sections(function):
        for statement in section.walk():
            if any(statement.calls(name) for name in SIGNALS) and is_known(section, statement):
                yield Change(
                    statement.start, f"The signal comes before the change: {in_words(source, statement)}.",
                    dropped(source.text, statement)
                    + inserted_before(source.text, section.lock, source.of(statement)),
                )  # fmt: skip


def late_signal(source, function):
    """The waiter is woken when the lock has been given back."""
    for section in sections(function):
        for statement in section.inside:
            if any(statement.calls(name) for name in SIGNALS):
                yield Change(
                    statement.start, f"The signal comes behind the unlock: {in_words(source, statement)}.",
                    dropped(source.text, statement)
                    + inserted_behind(source.text, section.unlock, source.of(statement)),
                )  # fmt: skip


def is_known(section, statement):
    """Does the signal speak of nothing that the section itself declares?"""
    names = {token.text for token in statement.tokens}
    declared = {
        b.text
        for s in section.walk()
        if s.kind == "simple"
        for a, b, c in zip(s.tokens, s.tokens[1:], s.tokens[2:])
        if c.text == "=" and (a.text == "*" or a.text.isidentifier())
    }
    return not names & declared


def if_for_while(source, function):
    for loop in waiting_loops(function):
        yield Change(loop.start, "What was waited for is not asked again after the wake-up.",
                     [(loop.start, loop.start + len("while"), "if")])  # fmt: skip


def drop_wait(source, function):
    for loop in waiting_loops(function):
        yield Change(loop.start, f"Nothing is waited for: {in_words(source, loop.condition)}.",
                     dropped(source.text, loop))  # fmt: skip


def bare_wait(source, function):
    """One wait, whatever the variables say."""
    for loop in waiting_loops(function):
        if loop.parts[0].kind != "block":
            yield Change(loop.start, "The wait does not ask whether there is anything to wait for.",
                         [(loop.start, loop.end, source.of(loop.parts[0]))])  # fmt: skip


def wrong_condition(source, function):
    """A wait or a signal on another condition of the same structure."""
    members = re.findall(r"pthread_cond_t (\w+);", source.text)
    for statement in simple(function, *WAITS, *SIGNALS):
        for token in statement.tokens:
            others = [member for member in members if member != token.text]
            if token.text in members and is_shared(source, statement, token) and others:
                other = next((o for o in others if o != "decided"), None)
                if other is not None:
                    yield Change(statement.start, f"The wrong condition: {other} for {token.text}.",
                                 [(token.start, token.end, other)])  # fmt: skip


def is_shared(source, statement, token):
    """Is it the pool's own, and no offer's?"""
    return re.search(rf"&w->{token.text}\b", source.of(statement)) is not None


def drop_clause(source, function):
    """A condition asks for less than it must: one half of `A && B` or `A || B`."""
    for statement in function.walk():
        spans = [statement.condition] if statement.condition else []
        if statement.kind == "simple":
            spans = [expression(statement.tokens)]
        for tokens in spans:
            joints = [i for i, t in enumerate(tokens) if t.text in ("&&", "||") and flat(tokens, i)]
            if len(joints) == 1:
                left, right = tokens[: joints[0]], tokens[joints[0] + 1 :]
                for kept, gone in ((right, left), (left, right)):
                    yield Change(statement.start, f"This is not asked: {in_words(source, gone)}.",
                                 [(tokens[0].start, tokens[-1].end, source.of(kept))])  # fmt: skip


def flat(tokens, at):
    """Is the token at `at` outside of all parentheses?"""
    depth = 0
    for token in tokens[:at]:
        depth += (token.text in "([{") - (token.text in ")]}")
    return depth == 0


def expression(tokens):
    """What is returned or assigned by a simple statement."""
    starts = [i for i, t in enumerate(tokens) if t.text in ("=", "return")]
    return tokens[starts[0] + 1 : -1] if starts else []


# --- Shared variables --------------------------------------------------------


def drop_update(source, function):
    """A change of shared memory is forgotten."""
    for statement in function.walk():
        if statement.kind == "simple" and is_update(source, statement):
            yield removed(source, statement, "A change is forgotten")


def is_update(source, statement):
    text = source.of(statement)
    return re.match(r"\*?\w+(->|\[)?[\w>.\[\]() +%-]*(\+\+|--|( [+-]?= )[^=].*);$", text, re.S) and (
        "->" in text.split("=")[0] or text.startswith("*")
    )


def shared_thread_local(source, function):
    """A thread's own variable becomes everyone's."""
    if function is not source.functions[0]:
        return
    for token in source.tokens:
        if token.text == "_Thread_local":
            yield Change(token.start, "A variable of each thread's own becomes everyone's.",
                         [(token.start, token.end + 1, "")])  # fmt: skip


def atomic_to_plain(source, function):
    """An atomic variable becomes an ordinary one."""
    if function is not source.functions[0]:
        return
    for match in re.finditer(r"\batomic_(bool|int|uint|long|ulong|size_t)\b", source.text):
        plain = {"uint": "unsigned", "ulong": "unsigned long"}.get(match[1], match[1])
        yield Change(match.start(), "An atomic variable becomes an ordinary one.",
                     [(match.start(), match.end(), plain)])  # fmt: skip


def swap_lock_order(source, function):
    """Two locks are taken in the other order."""
    for block in function.walk():
        for one, two in zip(block.parts, block.parts[1:]):
            if block.kind == "block" and one.calls(LOCK) and two.calls(LOCK):
                yield Change(one.start, "Two locks are taken in the other order.",
                             [(one.start, one.end, source.of(two)),
                              (two.start, two.end, source.of(one))])  # fmt: skip


def drop_call(source, function):
    """A step of the work that has a function of its own is left out."""
    own = [other.name for other in source.functions if not JOINS.match(other.name)]
    for statement in simple(function, *own):
        called = re.match(r"(?:\(void\))?(\w+)\(", source.of(statement))
        if called and called[1] in own and not FREES.match(called[0]):
            yield removed(source, statement, "A step is left out")


# --- Time --------------------------------------------------------------------


def realtime_clock(source, function):
    for statement in function.walk():
        for token in statement.tokens if statement.kind == "simple" else ():
            if token.text in OTHER_CLOCK:
                yield Change(token.start, "The wall clock, which can be set, for the one that cannot.",
                             [(token.start, token.end, OTHER_CLOCK[token.text])])  # fmt: skip


def relative_deadline(source, function):
    """A span of time stands where a point in time must."""
    for statement in simple(function, "later"):
        found = re.search(r"later\(\w+, (\w+)\)", source.of(statement))
        yield Change(statement.start, "The deadline is a span of time, not a point in it.",
                     [(statement.start + found.start(), statement.start + found.end(), found[1])])  # fmt: skip
    for loop in waiting_loops(function):
        for statement in (p for p in loop.walk() if p.calls("pthread_cond_timedwait")):
            last = next(t for t in reversed(statement.tokens) if t.text == "deadline")
            start = source.text.rfind("&", 0, last.start)
            yield Change(statement.start, "The wait is told a span of time, not a point in it.",
                         [(start, last.end, "&(struct timespec){.tv_sec = 1}")])  # fmt: skip


# --- Queues, ids, counts -----------------------------------------------------


def off_by_one(source, function):
    for statement in function.walk():
        if statement.kind == "block" or fills_a_struct(statement):
            continue
        tokens = statement.condition if statement.kind != "simple" else statement.tokens
        for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None]):
            new = one_off(before, token, after)
            if new is not None and not is_error_check(source, statement):
                yield Change(token.start, f"One too far, or one short: {in_words(source, tokens)}.",
                             [(token.start, token.end, new)])  # fmt: skip


def fills_a_struct(statement):
    """Its members' first values count nothing."""
    return statement.kind == "simple" and any(token.text == "{" for token in statement.tokens)


def one_off(before, token, after):
    """The neighbour of a comparison, or of a 0 or 1 that is counted with."""
    if before is None or after is None:
        return None
    if token.text in WRONG_BY_ONE:
        return WRONG_BY_ONE[token.text]
    if LITERAL.match(token.text) and before.text in ("+", "-", "=", "==", ">=", ">", "!="):
        return str(int(token.text) + 1)
    return None


def is_error_check(source, statement):
    return re.search(r"\berror\b", source.of(statement.condition or statement)) is not None


# --- Errors and ends ---------------------------------------------------------

CHECK = re.compile(r"^(error|status|first|r|p|w|entries|\w+->threads)\s*(!=|==)\s*(0|NULL|ST_OK)$")


def ignored_error(source, function):
    """What a call has answered is not asked, and the program goes on."""
    for branch in function.walk():
        if branch.kind == "if" and not branch.has_else and is_answer(source, branch):
            if not re.match(r"r|p|w", in_words(source, branch.condition)) or allocates(source, function):
                yield Change(branch.start, f"Not asked: {in_words(source, branch.condition)}.",
                             dropped(source.text, branch))  # fmt: skip


def is_answer(source, branch):
    words = in_words(source, branch.condition)
    return CHECK.match(words) and words not in ("error == 0", "status == ST_OK")


def allocates(source, function):
    return "calloc(" in source.of(function.body)


def drop_join(source, function):
    for statement in simple(function, "pthread_join"):
        yield removed(source, statement, "A thread is not joined")
    for statement in simple(function, "join_thread", "join_workers"):
        yield removed(source, statement, "Threads are not joined")


def double_close(source, function):
    """What is ended is ended once more."""
    ends = [*matching(source, function, FREES), *matching(source, function, RELEASES)]
    ends += simple(function, "pthread_join", *DESTROYS)
    for statement in sorted(set_of(ends), key=lambda s: s.start):
        yield Change(statement.start, f"Done twice: {in_words(source, statement)}.",
                     wrapped(source.text, statement, "", source.of(statement)))  # fmt: skip


def missing_free(source, function):
    """Something is not given back."""
    ends = [*matching(source, function, FREES), *matching(source, function, RELEASES)]
    ends += simple(function, *DESTROYS)
    for statement in sorted(set_of(ends), key=lambda s: s.start):
        yield removed(source, statement, "Not given back")


def set_of(statements):
    return list({statement.start: statement for statement in statements}.values())


def mask_not_restored(source, function):
    """The signal mask, or what was arranged for a signal, stays changed."""
    for statement in simple(function, "sigaction", "release_interrupts"):
        yield removed(source, statement, "Signals are not as they were")
    for statement in simple(function, "pthread_sigmask"):
        yield removed(source, statement, "The signal mask is left alone")
        token = next(t for t in statement.tokens if t.text in ("SIG_BLOCK", "SIG_SETMASK"))
        other = "SIG_UNBLOCK" if token.text == "SIG_BLOCK" else "SIG_BLOCK"
        yield Change(statement.start, f"{other} for {token.text}.", [(token.start, token.end, other)])


OPERATORS = (
    drop_signal, drop_broadcast, signal_for_broadcast, early_signal, late_signal,
    drop_lock, drop_unlock, double_unlock, drop_section, try_lock, shrink_section, split_section,
    early_return, callback_under_lock, swap_lock_order,
    if_for_while, drop_wait, bare_wait, wrong_condition, drop_clause,
    drop_update, drop_call, shared_thread_local, atomic_to_plain,
    realtime_clock, relative_deadline, off_by_one,
    ignored_error, drop_join, double_close, missing_free, mask_not_restored,
)  # fmt: skip
