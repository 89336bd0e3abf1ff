"""What a student's file may not say, wherever a macro hides it."""

import os
import re

from admit_outcome import ROOT, Refused, shown
from admit_source import literal_includes

CHAPTERS = ROOT / "chapters"

ASM = {"asm", "__asm", "__asm__"}
WORDS = {
    "__declspec": "attaches properties that the checks cannot see: remove it",
    "__builtin_setjmp": "jumps past held locks: return a status instead",
    "__builtin_longjmp": "jumps past held locks: return a status instead",
    "__builtin_eh_return": "jumps past held locks: return a status instead",
    "__builtin_unwind_init": "is for the compiler's own code: remove it",
    "__builtin_apply": "calls a function unseen: call it by name",
    "__builtin_apply_args": "calls a function unseen: call it by name",
    "__builtin_return": "returns unseen: use return",
    "__builtin_frame_address": "looks at the stack past the checks: remove it",
    "__builtin_return_address": "looks at the stack past the checks: remove it",
    "__builtin_nontemporal_store": "writes past the sanitizers: assign instead",
    "__builtin_nontemporal_load": "reads past the sanitizers: read the variable",
}
BUILTIN_MACHINE = re.compile(r"__builtin_(ia32|arm|aarch64|neon|sve)_")

# Attributes that change no more than a warning, a layout or an optimisation.
ATTRIBUTES = frozenset(
    """
    unused maybe_unused used fallthrough deprecated unavailable warning error
    format format_arg nonnull returns_nonnull sentinel warn_unused_result
    nodiscard access null_terminated_string_arg nonstring counted_by
    noreturn pure const malloc alloc_size alloc_align assume_aligned
    returns_twice leaf nothrow hot cold likely unlikely
    noinline always_inline gnu_inline flatten noclone
    aligned packed may_alias transparent_union mode vector_size
    designated_init flag_enum enum_extensibility cleanup
    capability lockable guarded_by guarded_var pt_guarded_by pt_guarded_var
    acquired_before acquired_after acquire_capability release_capability
    acquire_shared_capability release_shared_capability
    try_acquire_capability try_acquire_shared_capability
    requires_capability requires_shared_capability locks_excluded
    assert_capability assert_shared_capability exclusive_lock_function
    shared_lock_function unlock_function exclusive_locks_required
    shared_locks_required lock_returned no_thread_safety_analysis
    scoped_lockable overloadable annotate
    """.split()
)
BLINDING = re.compile(r"no_?(sanitize|address_safety)|disable_sanitizer|instrument|profile")
ATTRIBUTE_REASONS = {
    "constructor": "runs code before the test begins",
    "destructor": "runs code after the test has ended",
    "init_priority": "runs code before the test begins",
    "alias": "gives a function a second name",
    "weak": "lets another definition take a function's place",
    "weakref": "gives a function a second name",
    "ifunc": "chooses a function before the test begins",
    "section": "places code or data where the checks do not look",
    "optimize": "compiles the function differently from what is graded",
    "target": "compiles the function differently from what is graded",
    "naked": "holds nothing but assembly",
}

PRAGMAS = re.compile(
    r"(GCC|clang)\s+diagnostic\b|STDC\b|once\b|pack\b|mark\b|region\b|endregion\b"
    r"|message\b"
)


def at(place):
    """A place at the head of a sentence."""
    return f"Line {place[1]} of {shown(place[0])}"


def check_tokens(tokens):
    """Assembly and the words that hide from the checks; attributes."""
    asm = [t for t in tokens if t.text in ASM]
    if asm:
        raise Refused(
            f"{at(asm[0].place)} uses `{asm[0].text}`, inline assembly, which the "
            "sanitizers cannot see into: write it in C, with <stdatomic.h> if need be.",
            [t.place for t in asm],
        )
    for token in tokens:
        reason = WORDS.get(token.text)
        if reason is None and BUILTIN_MACHINE.match(token.text):
            reason = "is a machine instruction that the checks cannot see: write it in C"
        if reason:
            raise Refused(f"{at(token.place)} uses `{token.text}`, which {reason}.",
                          [token.place])
    check_attributes(tokens)


def check_attributes(tokens):
    """Every attribute, in either spelling, is one of those that are accepted."""
    for token in attribute_names(tokens):
        name = token.text.strip("_") if token.text.startswith("__") else token.text
        if name in ATTRIBUTES:
            continue
        if BLINDING.search(name):
            reason = "would hide code from the sanitizers"
        else:
            reason = ATTRIBUTE_REASONS.get(name, "is not one that the workbook accepts")
        raise Refused(
            f"{at(token.place)} has the attribute `{token.text}`, which {reason}: remove it.",
            [token.place],
        )


def attribute_names(tokens):
    """The names in `__attribute__((...))` and `[[...]]`, not their arguments."""
    index, end = 0, len(tokens)
    while index < end:
        text = tokens[index].text
        if text in ("__attribute__", "__attribute"):
            index, names = _inside(tokens, index + 1, "(", ")")
            yield from names
        elif text == "[" and index + 1 < end and tokens[index + 1].text == "[":
            index, names = _inside(tokens, index, "[", "]")
            yield from names
        else:
            index += 1


def _inside(tokens, index, opening, closing):
    """The names two brackets deep from tokens[index] on, and where it ends."""
    stack, names = [], []
    while index < len(tokens):
        text = tokens[index].text
        if text in "([":
            stack.append(text)
        elif text in ")]":
            if stack:
                stack.pop()
            if not stack:
                return index + 1, names
        elif len(stack) == 2 and re.match(r"[^\W\d]", text):
            if index + 1 == len(tokens) or tokens[index + 1].text != ":":  # [[gnu::...
                names.append(tokens[index])
        elif not stack:
            return index, names
        index += 1
    return index, names


def check_pragmas(pragmas):
    """Only the pragmas about warnings, packing and folding are accepted."""
    for token in pragmas:
        if PRAGMAS.match(token.text):
            continue
        raise Refused(
            f"{at(token.place)} has `#pragma {token.text[:60].strip()}`, which changes how the "
            "file is compiled or checked: remove it.",
            [token.place],
        )


def check_defines(defines, table):
    """No macro takes the place of a name that the checks rely on."""
    for token in defines:
        name = token.text
        if table.allows(name) or (table.is_checks_own(name) and name[:2] != "__"):
            raise Refused(
                f"{at(token.place)} redefines `{name}` by a macro, so that the checks "
                "no longer see it: give the macro another name.",
                [token.place],
            )
        if name.startswith("__"):
            raise Refused(
                f"{at(token.place)} defines the macro `{name}`; names that begin with two "
                "underscores are the compiler's: give it another name.",
                [token.place],
            )


def is_given(path):
    """Is it one of the workbook's own headers?"""
    return os.path.realpath(path) in given_headers().values()


_given = {}


def given_headers():
    """The workbook's own headers: name -> path."""
    if not _given:
        for path in CHAPTERS.glob("*/*.h"):
            folder = path.parent.name
            if folder == "support" or folder.partition("-")[2] == path.stem:
                _given[path.name] = os.path.realpath(path)
    return _given


def check_includes(includes, source):
    """Headers come from the system, from chapters/, or from beside the file."""
    system = {include.path for include in includes if include.is_system}
    for include in includes:
        includer = include.place[0]
        if includer.startswith("<") or includer in system:
            continue
        reason = include_reason(include.path, include.is_system, source)
        if reason:
            raise refused_include(include.place, include.path, reason)


def check_literal_includes(source, text, command):
    """The same before a compiler opens the file: it may be a device, or end
    the compiler before there is a text to look at."""
    searched = [flag[2:] for flag in command if flag.startswith("-I")]
    for line, is_quoted, name in literal_includes(text):
        folders = [os.path.dirname(source), *searched] if is_quoted else searched
        paths = (os.path.join(folder, name) for folder in folders)
        path = next(filter(os.path.exists, paths), None)
        reason = path and include_reason(path, False, source)
        if reason:
            raise refused_include((source, line), os.path.realpath(path), reason)


def refused_include(place, path, reason):
    return Refused(f"{at(place)} includes {shown(path)}, {reason}.", [place])


def include_reason(path, is_system, source):
    """Why a file may not be included, or None."""
    if is_system:
        return _system_reason(path)
    real = os.path.realpath(path)
    given = given_headers()
    if real in given.values():
        return None
    folder = os.path.dirname(os.path.realpath(source)) + os.sep
    is_beside = real.endswith(".h") and real.startswith((f"{CHAPTERS}{os.sep}", folder))
    name = os.path.basename(real)
    if name not in given:
        return None if is_beside else _stranger_reason(real)
    if _same(real, given[name]):
        return None
    return (f"which differs from the workbook's {shown(given[name])}: "
            "remove it or bring it up to date")


def _stranger_reason(real):
    """What is wrong with a file from elsewhere."""
    def under(name):
        return real.startswith(os.path.join(ROOT, name) + os.sep)

    if under("solutions"):
        return "which is a solution: write the chapter yourself"
    if under("tests") or under("tools"):
        return "which belongs to the grading: a chapter needs nothing from it"
    if not real.endswith(".h"):
        return "which is not a header: include the .h file and write the code here"
    return "which is outside chapters/: write what you need here"


def _system_reason(path):
    if re.search(r"/(CUnit|sanitizer|valgrind)/", path):
        return "which belongs to the grading: a chapter needs nothing from it"
    if path.endswith(("intrin.h", "cpuid.h")):
        return ("whose instructions the sanitizers cannot see: write it in C, with "
                "<stdatomic.h> if need be")
    if not path.endswith((".h", ".def", ".inc")):
        return "which is not a header: include the .h file and write the code here"
    return None


def _same(one, other):
    try:
        with open(one, "rb") as first, open(other, "rb") as second:
            return first.read() == second.read()
    except OSError:
        return False
