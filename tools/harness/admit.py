"""The gate: may a student's file be compiled into a graded test?

    admit.py --cc CC --chapter NAME --out OUTCOME.json SOURCE -- CFLAGS...

The outcome is always written whole. Exit status: 0 admitted, 1 refused, 2 the
machine lacks what the gate needs. The file itself is only ever read.
"""

import argparse
import itertools
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import traceback

import admit_outcome
import admit_rules
import admit_source
import admit_symbols
import admit_tokens
from admit_outcome import NoTool, Refused, shown

SECONDS = 10
MEMORY = 4 << 30
OUTPUT = 8 << 20
OBJECT = 4 << 20
TEXT = 4 << 20  # preprocessed; a chapter comes to a twentieth of it
BUILDS = ("-fsanitize=thread", "-fsanitize=address,undefined")
EXHAUSTED = re.compile(
    r"Killed signal|limit exceeded|out of memory|cannot allocate memory|virtual memory exhausted"
    r"|(?i:file too large)"
)
DIAGNOSTIC = re.compile(
    r"^(?P<file>[^:\n]+):(?P<line>\d+):(?:\d+:)? "
    r"(?P<kind>fatal error|error|warning): (?P<text>.*)$", re.M
)


LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_FSIZE: OUTPUT,
    resource.RLIMIT_CORE: 0,
}


def limit_children():
    """A hostile file must not take the machine down through the compiler."""
    for limit, most in LIMITS.items():
        soft, hard = resource.getrlimit(limit)
        lowest = min((n for n in (soft, hard) if n != resource.RLIM_INFINITY), default=most)
        resource.setrlimit(limit, (min(most, lowest), hard))


class Compiler:
    """Starts the compiler several times at once, and collects what it says."""

    def __init__(self, cc, flags, source, folder):
        self.base = [cc, *flags]
        self.source = source
        self.folder = folder

    def start(self, name, *arguments):
        """A run of the compiler that writes to folder/name."""
        output = os.path.join(self.folder, name)
        command = [*self.base, *arguments, "-o", output, self.source]
        environment = dict(os.environ, LC_ALL="C")
        try:
            with open(output + ".err", "wb") as errors:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=errors, env=environment, start_new_session=True,
                )
        except OSError as error:
            raise NoTool(
                f"{self.base[0]} does not start ({error.strerror}): run `make doctor`."
            ) from None
        return Run(process, output)


class Run:
    """One run of the compiler."""

    def __init__(self, process, output):
        self.process = process
        self.output = output
        self.timer = threading.Timer(SECONDS, self.end)
        self.timer.daemon = True
        self.timer.start()

    def wait(self):
        """Exit status; a run that takes too long is ended by its timer."""
        status = self.process.wait()
        self.timer.cancel()
        return status

    def end(self):
        """Leave no compiler running."""
        self.timer.cancel()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def text(self):
        return _read(self.output)

    def diagnostics(self):
        return _read(self.output + ".err")[:100_000]


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


class Gate:
    """One file on its way through."""

    def __init__(self, cc, chapter, source, flags, folder):
        self.compiler = Compiler(cc, flags, source, folder)
        self.chapter = chapter
        self.source = source
        self.table = admit_symbols.Table()
        self.is_gcc = "clang" not in os.path.basename(cc)
        self.tokens = []
        self.runs = []
        self.diagnostics = ""

    def check(self):
        """Return if the file is admitted; raise Refused or NoTool if not."""
        text = admit_source.read(self.source)
        admit_source.check_conflicts(self.source, text)
        admit_source.check_directives(self.source, text)
        admit_rules.check_literal_includes(self.source, text, self.compiler.base)
        extra = ["-Werror=trampolines"] if self.is_gcc else []
        plain = self.start("file.i", "-E", "-dD")
        compiled = self.start("file.o", "-c", *extra)
        self.check_text(plain)
        if admit_source.varies(text) or len(self.files) > 1:
            self.check_variants()
        self.check_compiled(compiled)
        symbols = admit_symbols.read(compiled.output)
        admit_symbols.check(
            symbols, self.tokens, self.table, self.chapter, self.source, compiled.output
        )

    def start(self, name, *arguments):
        run = self.compiler.start(name, *arguments)
        self.runs.append(run)
        return run

    def preprocessed(self, run):
        """The preprocessor's text, if it is of a size to be read."""
        run.wait()
        if os.path.exists(run.output) and os.path.getsize(run.output) > TEXT:
            raise self.too_much()
        return admit_tokens.read(run.text())

    def check_text(self, run):
        """The rules on the preprocessed text."""
        pre = self.preprocessed(run)
        self.tokens = pre.tokens
        self.pragmas = pre.pragmas
        self.files = [path for path in pre.files if not admit_rules.is_given(path)]
        admit_rules.check_includes(pre.includes, self.source)
        for path in self.files:
            admit_source.check_directives(path, _read(path))
        admit_rules.check_pragmas(pre.pragmas)
        admit_rules.check_tokens(pre.tokens)
        admit_rules.check_defines(pre.defines, self.table)

    def check_variants(self):
        """The sanitizer builds must compile the very same text."""
        runs = [self.start(f"{n}.i", "-E", "-dD", flag) for n, flag in enumerate(BUILDS)]
        for run in runs:
            other = self.preprocessed(run)
            self.compare(self.tokens, other.tokens)
            self.compare(self.pragmas, other.pragmas)

    def compare(self, plain, other):
        for mine, theirs in itertools.zip_longest(plain, other):
            if mine is None or theirs is None or mine.text != theirs.text:
                self.refuse_variant(theirs or mine)

    def refuse_variant(self, token):
        raise Refused(
            f"{admit_rules.at(token.place)} reads differently under a sanitizer: "
            "remove the condition, so that what is checked is what runs.",
            [token.place],
        )

    def check_compiled(self, run):
        status = run.wait()
        self.diagnostics = run.diagnostics()
        if status < 0 or EXHAUSTED.search(self.diagnostics):
            raise self.too_much()
        if status != 0:
            raise _compile_error(self.source, self.diagnostics)
        if any(run.wait() != 0 for run in self.runs):
            raise self.too_much()  # the rules have not seen the whole text
        if os.path.getsize(run.output) > OBJECT:
            raise self.too_much()

    def too_much(self):
        return Refused(
            f"{shown(self.source)} is too much for the compiler (more than {SECONDS} seconds, "
            f"{MEMORY >> 30} GiB, or an expansion of {TEXT >> 20} MiB): look for an endless "
            "include, a macro that grows, or a huge array."
        )

    def end(self):
        """Leave no compiler running."""
        for run in self.runs:
            run.end()


def _compile_error(source, diagnostics):
    """The first error, as the compiler has it."""
    for match in DIAGNOSTIC.finditer(diagnostics):
        if match["kind"] != "warning":
            place = (match["file"], int(match["line"]))
            return Refused(
                f"{admit_rules.at(place)} does not compile: {match['text']}.", [place]
            )
    return Refused(f"{shown(source)} does not compile: the compiler's own words are below.")


def _warnings(diagnostics, function_at):
    """The compiler's warnings, as lines."""
    found = []
    for match in DIAGNOSTIC.finditer(diagnostics):
        if match["kind"] == "warning":
            line = int(match["line"])
            found.append({
                "file": shown(match["file"]), "line": line,
                "function": function_at(match["file"], line), "text": match["text"],
            })
    return found


def judge(cc, chapter, source, flags):
    """The outcome, as the JSON file has it, and the exit status."""
    with tempfile.TemporaryDirectory(prefix="admit-") as folder:
        gate = Gate(cc, chapter, source, flags, folder)
        refused, verdict, status = None, "pass", 0
        try:
            gate.check()
        except Refused as error:
            refused, verdict, status = error, "build", 1
        except NoTool as error:
            refused, verdict, status = Refused(str(error)), "environment", 2
        except Exception as error:  # ours; the outcome must be written all the same
            traceback.print_exc()
            text = f"The gate itself failed ({error!r}): this is not your file's fault."
            refused, verdict, status = Refused(text), "environment", 2
        finally:
            gate.end()
    function_at = admit_tokens.finder(gate.tokens)
    lines = [admit_outcome.line_entry(p, function_at) for p in refused.places] if refused else []
    return {
        "admitted": refused is None,
        "verdict": verdict,
        "message": refused.message if refused else "",
        "lines": lines,
        "diagnostics": gate.diagnostics,
        "warnings": _warnings(gate.diagnostics, function_at),
    }, status


def _arguments(argv):
    flags = []
    if "--" in argv:
        cut = argv.index("--")
        argv, flags = argv[:cut], argv[cut + 1 :]
    parser = argparse.ArgumentParser(prog="admit.py", description=__doc__.split("\n")[0])
    parser.add_argument("--cc", required=True, help="gcc or clang")
    parser.add_argument("--chapter", required=True, help="the chapter's name: pool")
    parser.add_argument("--out", required=True, help="the outcome file to write")
    parser.add_argument("source", help="the student's file")
    return parser.parse_args(argv), flags


def main(argv):
    arguments, flags = _arguments(argv)
    limit_children()
    outcome, status = judge(arguments.cc, arguments.chapter, arguments.source, flags)
    admit_outcome.write(arguments.out, {"chapter": arguments.chapter, **outcome})
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
