#!/usr/bin/env python3
"""A new chapter, laid out so that it compiles and is listed (make new-chapter).

    newchapter.py NAME

Its header, solution, skeleton, test, example, its entry in the manifest and its
part of the book come from tools/book/chapter/. Its tests are worth nothing yet.
"""

import argparse
import re
from pathlib import Path

import errors
import files
import listings
import manifest as manifests
import skeletons
from errors import BookError, CallError

TEMPLATES = "tools/book/chapter"
NEW = {
    "header.h": "chapters/@folder@/@name@.h",
    "example.c": "chapters/@folder@/examples/1-first.c",
    "solution.c": "solutions/@folder@/@name@.c",
    "test.c": "tests/@name@_test.c",
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ANSWERS = re.compile(r"^## Answers$", re.M)
# What stands before the place at which a file is added to.
_CHAPTERS = re.compile(r"^CHAPTERS := .*$", re.M)
_FOLDERS = re.compile(r"(^folder_\w+ := .*\n)+", re.M)
_INCLUDES = re.compile(r"(^-Ichapters/[0-9].*\n)+", re.M)
_ENTRIES = re.compile(r"\n    \}(?=\n  \]\n\}\n\Z)")


class Layout:
    """All that a new chapter adds, as texts, before anything is written."""

    def __init__(self, manifest, name):
        self.manifest = manifest
        self.root = manifest.root
        number = 1 + max(int(c.folder.split("-")[0]) for c in manifest.chapters)
        self.words = {"name": name, "NAME": name.upper(), "number": str(number),
                      "folder": f"{number}-{name}"}  # fmt: skip
        self.refuse()

    def refuse(self):
        """Refuse a name that cannot be a chapter's."""
        name = self.words["name"]
        if not _NAME.fullmatch(name):
            raise CallError(f"'{name}' is no name for a chapter: lower-case letters, digits and _")
        taken = {path.stem for path in self.root.glob("chapters/*/*.h")}
        if name in taken or any(chapter.name == name for chapter in self.manifest.chapters):
            raise CallError(f"'{name}' is taken: there is a {name}.h already")
        if not (self.root / "solutions").is_dir():
            raise CallError("a chapter begins with its solution; a handout has no solutions")
        for path in self.new_files():
            if (self.root / path).exists():
                raise CallError(f"{path} exists already; nothing was written")

    def filled(self, text):
        return re.sub(r"@(\w+)@", lambda match: self.words[match.group(1)], text)

    def template(self, name):
        path = self.root / TEMPLATES / f"{name}.in"
        return self.filled(files.read_text(path, self.root))

    def new_files(self):
        """{path: which template}."""
        return {self.filled(path): template for template, path in NEW.items()}

    def changes(self):
        """{path: new text} of the files that know all chapters."""
        changed = self.filled("folder_@name@ := @folder@\n")
        makefile = self.added("Makefile", _CHAPTERS, " " + self.words["name"])
        return {
            "Makefile": self.added_to(makefile, "Makefile", _FOLDERS, changed),
            "compile_flags.txt": self.added(
                "compile_flags.txt", _INCLUDES, self.filled("-Ichapters/@folder@\n")
            ),
            manifests.MANIFEST: self.added(
                manifests.MANIFEST, _ENTRIES, self.template("manifest.json").rstrip("\n")
            ),
            listings.BOOK: self.book(),
        }

    def added(self, path, before, text):
        return self.added_to(files.read_text(self.root / path, self.root), path, before, text)

    @staticmethod
    def added_to(whole, path, before, text):
        match = before.search(whole)
        if not match:
            raise BookError("the place for a new chapter is not found", path)
        return whole[: match.end()] + text + whole[match.end() :]

    def book(self):
        text = files.read_text(self.root / listings.BOOK, self.root)
        answers = _ANSWERS.search(text)
        if not answers:
            raise BookError("has no part `## Answers`", listings.BOOK)
        at = answers.start()
        return text[:at] + self.template("book.md") + text[at:] + self.template("answers.md")

    def write(self):
        """Write everything; what to do next, in words."""
        texts = {path: self.template(name) for path, name in self.new_files().items()}
        texts |= self.changes()
        for path, text in texts.items():
            files.write_whole(self.root / path, text.encode())
        manifest = manifests.load(self.root)
        skeletons.write(manifest)
        listings.write(manifest, quick=True)
        told = "\n".join(f"  {path}" for path in texts)
        return self.filled(
            f"Chapter @name@ is laid out:\n{told}\n  chapters/@folder@/@name@.c, its skeleton\n"
            "Next: make check IMPL=solutions CHAPTER=@name@, then CONTRIBUTING.md."
        )


def main(argv):
    parser = argparse.ArgumentParser(prog="newchapter.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("name")
    arguments = parser.parse_args(argv)
    if not arguments.name:
        raise CallError("which name? make new-chapter NAME=...")
    print(Layout(manifests.load(arguments.root), arguments.name).write())
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
