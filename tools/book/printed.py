#!/usr/bin/env python3
"""The book as PDF and EPUB (make book): pandoc, and WeasyPrint for the PDF.

    printed.py [--edition student|instructor]

A warning of either is an error.
"""

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

import bookfile
import errors
import files
import handout
import listings
import manifest as manifests
import manifest_checks
import sitepages
from errors import BookError, CallError

OUT = "build/book"
TOOLS = "tools/docs"
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?!#|https:)[^()\s]*\)")
_TITLE = re.compile(r"# (.*)\n")


def source(root, edition):
    """(the title, the text for pandoc)."""
    text = files.read_text(root / listings.BOOK, root)
    if edition == "student":
        text = handout.without_answers(text.encode()).decode()
    title = _TITLE.match(text)
    if not title:
        raise BookError("must begin with its title, as in `# Title`", listings.BOOK, 1)
    text = _without_links_to_files(text[title.end() :])
    return title.group(1), text


def _without_links_to_files(text):
    """A printed book has no files beside it; a student's has no Answers."""
    book = bookfile.Book(text, listings.BOOK)
    known = set(re.findall(r'<a id="([^"]*)"', text))
    known |= {manifest_checks.slug(heading.text) for heading in book.headings()}
    parts = re.split(r"(^```.*?^```$)", text, flags=re.S | re.M)
    for index in range(0, len(parts), 2):
        parts[index] = _LINK.sub(r"\1", parts[index])
        parts[index] = re.sub(
            r"(?<!!)\[([^\[\]]*)\]\(#([^()\s]*)\)",
            lambda m: m.group() if m.group(2) in known else m.group(1),
            parts[index],
        )
    return "".join(parts)


class Printer:
    """Makes one edition in every format."""

    def __init__(self, root, edition):
        self.root = root
        self.edition = edition
        self.title, self.text = source(root, edition)

    def make(self):
        """Make each format whole; what was made, in words."""
        made = []
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "book.html"
            self._pandoc("html5", page, "--template", self.root / TOOLS / "print.html",
                         "--variable", f"stylesheet={(self.root / TOOLS / 'print.css').as_uri()}")  # fmt: skip
            for name, command in (
                ("pdf", lambda out: self._run("weasyprint", "--base-url", self.root / "book.md", page, out)),
                ("epub", lambda out: self._pandoc("epub3", out, "--css", self.root / TOOLS / "print.css")),
            ):
                out = Path(folder) / f"book.{name}"
                command(out)
                final = self.root / OUT / f"concurrency-patterns-{self.edition}.{name}"
                files.write_whole(final, out.read_bytes())
                made.append(f"{files.shown(final, self.root)}: {final.stat().st_size // 1024} KiB")
        return "\n".join(made)

    def _pandoc(self, kind, out, *more):
        self._run(
            "pandoc", "--from", "gfm", "--to", kind, "--standalone", "--toc", "--toc-depth=2",
            "--shift-heading-level-by=-1", "--no-highlight", "--fail-if-warnings",
            "--resource-path", self.root, "--metadata", f"title={self.title}",
            "--metadata", f"subtitle={self.edition.capitalize()} edition",
            "--metadata", "lang=en", "--output", out, *more, text=self.text,
        )  # fmt: skip

    def _run(self, *command, text=""):
        try:
            done = subprocess.run(command, input=text, cwd=self.root, text=True, capture_output=True)
        except FileNotFoundError:
            raise CallError(f"needs {command[0]} (tools/setup --all)") from None
        if done.returncode != 0 or done.stderr.strip():
            said = done.stderr.strip() or f"exit status {done.returncode}"
            raise BookError(f"{command[0]}: {said}", listings.BOOK)


def main(argv):
    parser = argparse.ArgumentParser(prog="printed.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("--edition", default=sitepages.EDITIONS[0])
    arguments = parser.parse_args(argv)
    if arguments.edition not in sitepages.EDITIONS:
        raise errors.unknown("edition", arguments.edition, sitepages.EDITIONS)
    manifests.load(arguments.root)
    print(Printer(arguments.root.resolve(), arguments.edition).make())
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
