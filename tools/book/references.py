#!/usr/bin/env python3
"""What the texts speak of exists: links, pictures, names, paths, commands.

    references.py [FILE …]      book.md, README.md, CONTRIBUTING.md, tools/docs/insides.md

In `code` are looked up: functions and other C names, here and in the system's
headers; files; steps and tests; make's verbs and choices; options of tools. The
last line says how many of each.
"""

import argparse
import re
from collections import Counter
from pathlib import Path

import answers
import bookfile
import cnames
import errors
import faults
import files
import listings
import manifest as manifests
import manifest_checks
import pictures
from errors import BookError

TEXTS = (listings.BOOK, "README.md", "CONTRIBUTING.md", "tools/docs/insides.md")

FOREIGN = "What real systems do"  # their names and files are not looked up

_URL = re.compile(r"https://[a-z0-9.-]+\.[a-z]+(/\S*)?")
_NAME = re.compile(r"([a-z_][a-z0-9_]*)\(\)|([a-z][a-z0-9]*_[a-z0-9_]*|[A-Z][A-Z0-9]*_[A-Z0-9_]+)")
_PATH = re.compile(r"[\w.*-]*[A-Za-z][\w.*-]*(/[\w.*-]*)+")
_FILE = re.compile(r"[a-z][a-z0-9_-]*\.(?:c|h|py|txt|mk|md|json)")
_STEP = re.compile(r"([a-z][a-z0-9_]*)\.[0-9]+")
_COMMAND = re.compile(r"(make|(?:tools|tests)/[\w/.-]+)((?: .*)?)")
_CHOICE = re.compile(r"([A-Z]+)=(\S*)")
_PLACE = re.compile(r"[A-Z]|…|\.\.\.|[<>]")  # stands for a word, as in TEST=NAME


class Checker:
    """Looks at one text after the other; counts what it has resolved."""

    def __init__(self, manifest):
        self.manifest = manifest
        self.root = manifest.root
        self.counts = Counter()
        self.names = cnames.Names(self.root)
        makefile = self._makefile()
        self.verbs = set(re.findall(r"(?m)^([a-z][a-z-]*):(?!=)", makefile))
        self.choices = set(re.findall(r"\b([A-Z]+)=", makefile.split("\n\n")[0]))
        self.named = {item.name for item in (*manifest.tests, *manifest.steps)}
        self.tests = {test.short for test in manifest.tests}
        self.faults = set(faults.paths(self.root))
        self.files = {
            path.name
            for place in ("*", "chapters/**/*", "tests/**/*", "tools/**/*")
            for path in self.root.glob(place)
        }
        self._anchors = {}

    def _makefile(self):
        path = self.root / "Makefile"
        return files.read_text(path, self.root) if path.exists() else ""

    def text_errors(self, name):
        """Everything in a text that leads nowhere."""
        text = files.read_text(self.root / name, self.root)
        book = bookfile.Book(text, name)
        yield from self._doubled_anchors(book)
        for link in book.links():
            yield from self._told(book, link.line, self._link(link, name))
        for line, span in book.spans():
            if book.heading_of(line) != FOREIGN:
                yield from self._told(book, line, self._span(span))

    def _told(self, book, line, message):
        if message:
            yield book.error(message, line)

    def _doubled_anchors(self, book):
        seen = {}
        for line, text in enumerate(book.prose().split("\n"), 1):
            for anchor in re.findall(r'<a id="([^"]*)"', text):
                if anchor in seen:
                    yield book.error(f"anchor '{anchor}' stands at line {seen[anchor]} too", line)
                seen[anchor] = line

    # --- Links ---

    def _link(self, link, name):
        """What is wrong with a link or an image, or None."""
        if link.is_image:
            self.counts["pictures"] += 1
            if not link.text:
                return f"the picture {link.target} has no text alternative"
            return self._target(link.target, name)
        self.counts["links"] += 1
        if not link.text:
            return f"the link to '{link.target}' has no words"
        return self._target(link.target, name)

    def _target(self, target, name):
        if re.match(r"[a-z]+:", target):
            return None if _URL.fullmatch(target) else f"'{target}' is no https address"
        path, _, anchor = target.partition("#")
        path = path or name
        if not (self.root / path).exists():
            return f"there is no file {path}"
        if anchor and path.endswith(".md") and anchor not in self._anchors_of(path):
            return f"{path} has no anchor '{anchor}'"
        return None

    def _anchors_of(self, path):
        if path not in self._anchors:
            text = files.read_text(self.root / path, self.root)
            self._anchors[path] = manifest_checks.book_anchors(text)
        return self._anchors[path]

    # --- Code in the prose ---

    def _span(self, span):
        """What is wrong with a piece of code, or None."""
        command = _COMMAND.fullmatch(span)
        if command and (" " in span or command.group(1) != "make"):
            return self._command(*command.groups())
        name = _NAME.fullmatch(span)
        if name:
            return self._c_name(name.group(1) or name.group(2))
        step = _STEP.fullmatch(span)
        if step and any(c.name == step.group(1) for c in self.manifest.chapters):
            return self._known("step", span)
        if _PATH.fullmatch(span):
            return self._path(span)
        return self._file(span) if _FILE.fullmatch(span) else None

    def _c_name(self, name):
        self.counts["names"] += 1
        if name in self.names or name in self.tests:
            return None
        return f"nothing is called `{name}`, here or in the headers"

    def _known(self, kind, name):
        self.counts["steps and tests"] += 1
        return None if name in self.named else f"no {kind} is called '{name}'"

    def _path(self, path):
        self.counts["paths"] += 1
        first = path.split("/")[0]
        if any(first == chapter.name for chapter in self.manifest.chapters):
            known = path in self.named or path in self.faults
            return None if known else f"no test or wrong solution is called '{path}'"
        if first == "build" or any(True for _ in self.root.glob(path.rstrip("/"))):
            return None
        return f"there is no file {path}"

    def _file(self, name):
        """A file that is known by its name alone."""
        self.counts["paths"] += 1
        if name in self.files or name.removesuffix(".h") in cnames.HEADERS:
            return None
        return f"no file is called {name}"

    def _command(self, program, rest):
        self.counts["commands"] += 1
        words = rest.split()
        if program == "make":
            return next(filter(None, map(self._make_word, words)), None)
        if not (self.root / program).exists():
            return f"there is no file {program}"
        if not (self.root / program).is_file():
            return None
        told = files.read_text(self.root / program, self.root)
        for option in (word for word in words if word.startswith("--")):
            if option.split("=")[0] not in told:
                return f"{program} has no option {option}"
        return None

    def _make_word(self, word):
        choice = _CHOICE.fullmatch(word)
        if choice:
            return self._choice(*choice.groups())
        if re.fullmatch(r"[a-z][a-z-]*", word) and word not in self.verbs:
            return f"make has no verb '{word}'"
        return None

    def _choice(self, name, value):
        if name not in self.choices | {"NAME"}:
            return f"make has no choice {name}="
        kind = {"CHAPTER": "chapter", "STEP": "step", "TEST": "test"}.get(name)
        if not kind or not value or _PLACE.search(value):
            return None
        if value.isdigit() and kind != "test":
            return None
        try:
            getattr(self.manifest, kind)(value)
        except BookError as error:
            return error.message
        return None


def main(argv):
    parser = argparse.ArgumentParser(prog="references.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("texts", nargs="*")
    arguments = parser.parse_args(argv)
    manifest = manifests.load(arguments.root)
    checker = Checker(manifest)
    texts = arguments.texts or [t for t in TEXTS if (manifest.root / t).exists()]
    wrong = [error for text in texts for error in checker.text_errors(text)]
    if listings.BOOK in texts:
        wrong += answers.errors_of(manifest, listings.load(manifest.root))
        wrong += answers.leak_errors(manifest)
    wrong += pictures.errors_of(manifest.root)
    errors.raise_all(wrong)
    print(f"{', '.join(texts)}: " + ", ".join(f"{n} {k}" for k, n in sorted(checker.counts.items())))
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
