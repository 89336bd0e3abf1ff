"""The gate: may a student's file be compiled into a graded test?

    admit.py --cc CC --chapter NAME --out OUTCOME.json SOURCE -- CFLAGS...

The outcome is always written whole. Exit status: 0 admitted, 1 refused, 2 the
machine lacks what the gate needs. The file itself is only ever read.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile

import admit_outcome
import admit_rules
import admit_source
import admit_symbols
import admit_tokens
from admit_outcome import NoTool, Refused, shown

SECONDS = 20
MEMORY = 4 << 30
OUTPUT = 64 << 20
BUILDS = ("-fsanitize=thread", "-fsanitize=address,undefined")
DIAGNOSTIC = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+):(?:\d+:)? (?P<kind>fatal error|error|warning): (?P<text>.*)")


def _limit():
    """A hostile file must not take the machine down through the compiler."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=open(output + ".err", "wb"), env=environment,
                preexec_fn=_limit, start_new_session=True,
            )
        except OSError as error:
            raise NoTool(f"{self.base[0]} does not start ({error.strerror}): run `make doctor`.") from None
        return Run(process, output)


class Run:
    """One run of the compiler."""

    def __init__(self, process, output):
        self.process = process
        self.output = output

    def wait(self):
        """Exit status; a run that takes too long is ended."""
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            return None

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
        self.diagnostics = ""

    def check(self):
        """Return if the file is admitted; raise Refused or NoTool if not."""
        text = admit_source.read(self.source)
        admit_source.check_conflicts(self.source, text)
        admit_source.check_directives(self.source, text)
        extra = ["-Werror=trampolines"] if self.is_gcc else []
        compiled = self.compiler.start("file.o", "-c", *extra)
        plain = self.compiler.start("file.i", "-E", "-dD")
        others = []
        if admit_source.varies(text):
            others = [self.compiler.start(f"{n}.i", "-E", "-dD", flag) for n, flag in enumerate(BUILDS)]
        self.runs = [compiled, plain, *others]
        self.check_text(plain)
        self.check_variants(others)
        self.check_compiled(compiled)
        symbols = admit_symbols.read(compiled.output)
        admit_symbols.check(
            symbols, self.tokens, self.table, self.chapter, self.source, compiled.output
        )

    def check_text(self, run):
        """The rules on the preprocessed text."""
        run.wait()
        pre = admit_tokens.read(run.text())
        self.tokens = pre.tokens
        admit_rules.check_includes(pre, self.source)
        for path in pre.files:
            if os.path.realpath(path) != os.path.realpath(self.source):
                admit_source.check_directives(path, _read(path))
        admit_rules.check_pragmas(pre.pragmas)
        admit_rules.check_tokens(pre.tokens)
        admit_rules.check_defines(pre.defines, self.table)

    def check_variants(self, runs):
        """The sanitizer builds must compile the very same text."""
        for run in runs:
            run.wait()
            other = admit_tokens.read(run.text()).tokens
            for mine, theirs in zip(self.tokens, other):
                if (mine.text, mine.place) != (theirs.text, theirs.place):
                    self.refuse_variant(theirs)
            if len(other) != len(self.tokens):
                self.refuse_variant((other or self.tokens)[-1])

    def refuse_variant(self, token):
        raise Refused(
            f"{admit_rules.at(token.place)} reads differently under a sanitizer: "
            "remove the condition, so that what is checked is what runs.",
            [token.place],
        )

    def check_compiled(self, run):
        status = run.wait()
        self.diagnostics = run.diagnostics()
        if status is None or status < 0:
            raise Refused(f"{shown(self.source)} takes the compiler more than {SECONDS} seconds or "
                          "its memory: look for an endless include or a huge array.")
        if status != 0:
            raise _compile_error(self.source, self.diagnostics)

    def end(self):
        """Leave no compiler running."""
        for run in getattr(self, "runs", []):
            if run.process.poll() is None:
                os.killpg(run.process.pid, 9)
                run.process.wait()


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
    outcome, status = judge(arguments.cc, arguments.chapter, arguments.source, flags)
    admit_outcome.write(arguments.out, {"chapter": arguments.chapter, **outcome})
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
