#!/usr/bin/env python3
"""The documentation as a site that needs no server and no network (make docs).

    site.py [--edition student|instructor]

Doxygen makes it in build/docs/EDITION/ from the book, the manifest and the
headers. A warning is an error, and so are a link that leads nowhere, a page that
would fetch something, and, in the student's edition, lines of a solution.
"""

import argparse
import re
import shutil
import subprocess
from pathlib import Path

import errors
import files
import handout
import manifest as manifests
import pictures
import sitecheck
import sitepages
from errors import BookError, CallError

OUT = "build/docs"
THEME = "tools/docs/theme"
PICTURES = "pictures.css"
DOXYFILE = "tools/docs/Doxyfile"
_WARNING = re.compile(r"(.*?):(\d+): (?:warning: |error: )?(.*)")


class Site:
    """One edition, while it is made."""

    def __init__(self, manifest, edition):
        self.root = manifest.root
        self.manifest = manifest
        self.edition = edition
        self.final = self.root / OUT / edition
        self.pages_folder = self.root / OUT / f"{edition}.pages"
        self.new = self.root / OUT / f"{edition}.new"

    def make(self):
        """Make it whole, then put it in the place of the old one; what there is, in words."""
        for folder in (self.pages_folder, self.new):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        pages = sitepages.all_pages(self.manifest, self.edition)
        for page in pages:
            self._write_page(page)
        header = files.read_text(self.root / THEME / "header.html", self.root)
        header = header.replace("@NAVIGATION@", navigation(pages))
        files.write_whole(self.pages_folder / "header.html", header.encode())
        files.write_whole(self.pages_folder / PICTURES, picture_style().encode())
        errors.raise_all(self._doxygen(pages))
        sitecheck.adapt(self.new)
        told = sitecheck.check(self.new, self.manifest, self.edition)
        shutil.rmtree(self.final, ignore_errors=True)
        self.new.rename(self.final)
        return f"{files.shown(self.final / 'index.html', self.root)}: {told}"

    def _write_page(self, page):
        label = "mainpage" if page.name == "index" else page.name
        text = f"# {page.title} {{#{label}}}\n{page.text}\n"
        files.write_whole(self.pages_folder / f"{page.name}.md", text.encode())

    def _doxygen(self, pages):
        """Run Doxygen; every warning as an error at its place."""
        try:
            done = subprocess.run(
                ["doxygen", "-"], cwd=self.root, input=self._settings(), text=True,
                capture_output=True,
            )  # fmt: skip
        except FileNotFoundError:
            raise CallError("needs Doxygen (tools/setup --all)") from None
        known = {f"{page.name}.md": page for page in pages}
        for line in done.stderr.replace("\n  ", " ").splitlines():  # one has several lines
            yield self._warning(line, known)
        if done.returncode != 0 and not done.stderr:
            yield CallError(f"Doxygen ended with status {done.returncode}")

    def _warning(self, line, pages):
        match = _WARNING.match(line)
        if not match:
            return BookError(line)
        path, number, message = match.groups()
        if path.startswith("<"):  # Doxygen knows only the name
            path, number = self._place(path.strip("<>"))
        page = pages.get(Path(path).name)
        if page and page.lines:  # of the book: line for line
            return BookError(message, "book.md", page.lines[0][0] + max(int(number) - 2, 0))
        return BookError(message, files.shown(path, self.root), int(number))

    def _place(self, name):
        """Where a header declares a name."""
        for path in self._headers():
            for number, text in enumerate(files.read_text(path, self.root).split("\n"), 1):
                if re.search(rf"\b{re.escape(name)}\(", text) and not text.startswith(" *"):
                    return path, number
        return name, 1

    def _headers(self):
        return [path for paths in sitepages.headers(self.root).values() for path in paths]

    def _settings(self):
        theme = self.root / THEME
        more = {
            "PROJECT_NUMBER": f"{self.edition} edition, version {handout.version(self.root)}",
            "INPUT": [self.pages_folder, *self._headers()],
            "STRIP_FROM_PATH": [self.root, self.pages_folder],
            "OUTPUT_DIRECTORY": self.new,
            "HTML_HEADER": self.pages_folder / "header.html",
            "HTML_FOOTER": theme / "footer.html",
            "HTML_EXTRA_STYLESHEET": [
                theme / "doxygen-awesome.css", theme / "workbook.css", self.pages_folder / PICTURES,
            ],
            "HTML_EXTRA_FILES": [theme / "doxygen-awesome-darkmode-toggle.js"],
        }
        settings = files.read_text(self.root / DOXYFILE, self.root)
        return settings + "".join(f"{name} = {_value(value)}\n" for name, value in more.items())


def _value(value):
    return " ".join(f'"{one}"' for one in (value if isinstance(value, list) else [value]))


def picture_style():
    """Dark mode's colours for the pictures, where the page or the system is dark."""
    system = pictures.dark_rules("html:not(.light-mode) ")
    return (
        f"@media (prefers-color-scheme: dark) {{\n{system}}}\n"
        f"{pictures.dark_rules('html.dark-mode ')}"
    )


def navigation(pages):
    """The list of all pages that stands on each of them."""
    parts = {}
    for page in pages:
        if page.part:
            parts.setdefault(page.part, []).append(page)
    lines = ['<nav id="pages" aria-label="All pages"><details open><summary>Pages</summary>']
    for part, inside in parts.items():
        lines.append(f'<p class="part">{part}</p><ul>')
        lines += [f'<li><a href="{page.name}.html">{page.title}</a></li>' for page in inside]
        lines.append("</ul>")
    return "\n".join([*lines, "</details></nav>"])


def main(argv):
    parser = argparse.ArgumentParser(prog="site.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("--edition", default=sitepages.EDITIONS[0])
    arguments = parser.parse_args(argv)
    if arguments.edition not in sitepages.EDITIONS:
        raise errors.unknown("edition", arguments.edition, sitepages.EDITIONS)
    print(Site(manifests.load(arguments.root), arguments.edition).make())
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
