#!/usr/bin/env python3
"""The book's pictures: SVG made by Graphviz from tools/docs/pictures/*.dot.

    pictures.py write      make those anew whose source has changed (make pictures)
    pictures.py check      hold each against its source

A picture carries the hash of its source, so that no Graphviz is needed to see
that it is the right one. It has a style sheet: a viewer in dark mode gets other
colours.
"""

import argparse
import hashlib
import re
import subprocess
from pathlib import Path

import errors
import files
from errors import BookError, CallError

FOLDER = "tools/docs/pictures"
# What Graphviz draws, by its colour's name there; then in light and in dark mode.
COLOURS = {
    "black": ("#1b1f24", "#e6e9ed"),  # lines and text
    "white": ("#ffffff", "#1b1f24"),  # the ground
    "lightgrey": ("#e8ebef", "#343b44"),  # what is filled
    "red": ("#b3261e", "#ff9d94"),  # what goes wrong
    "blue": ("#0b57b0", "#8fc1ff"),  # what is waited for
}
_HASH = re.compile(r"<!-- made from (\S+), sha256 ([0-9a-f]{64}) -->")


def sources(root):
    """Every picture's source."""
    return sorted((root / FOLDER).glob("*.dot"))


def recipe(source, root):
    """The hash of all that a picture is made from."""
    parts = [files.read_bytes(source, root), repr(COLOURS).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def errors_of(root):
    """Pictures that are missing, or not of their source; SVG without a source."""
    for source in sources(root):
        picture = source.with_suffix(".svg")
        shown = files.shown(picture, root)
        if not picture.exists():
            yield BookError("has no picture yet: run `make pictures`", files.shown(source, root), 1)
            continue
        found = _HASH.search(files.read_text(picture, root))
        if not found or found.group(2) != recipe(source, root):
            yield BookError(f"not made from {source.name} as it is now: run `make pictures`",
                            shown, 1)  # fmt: skip
    for picture in sorted((root / FOLDER).glob("*.svg")):
        if not picture.with_suffix(".dot").exists():
            yield BookError(f"there is no {picture.stem}.dot beside it", files.shown(picture, root), 1)


def draw(source, root):
    """A picture's text."""
    try:
        done = subprocess.run(
            ["dot", "-Tsvg", "-Nfontname=sans-serif", "-Efontname=sans-serif",
             "-Gfontname=sans-serif", "-Gbgcolor=transparent", source],
            capture_output=True, text=True,
        )  # fmt: skip
    except FileNotFoundError:
        raise CallError("needs Graphviz (tools/setup --all)") from None
    if done.returncode != 0 or done.stderr:
        line = re.search(r"line (\d+)", done.stderr)
        raise BookError(done.stderr.strip(), files.shown(source, root),
                        int(line.group(1)) if line else 1)  # fmt: skip
    return _dressed(done.stdout, source, root)


def _dressed(svg, source, root):
    """Graphviz's SVG with the hash, and with colours that follow the viewer's."""
    svg = re.sub(r"<!--.*?-->\n?|<!DOCTYPE.*?>\n?", "", svg, flags=re.S)
    svg = re.sub(r"<text (?![^>]*fill=)", '<text fill="black" ', svg)
    svg = re.sub(r"<(\w+)((?: [\w:-]+=\"[^\"]*\")*)(/?)>",
                 lambda match: _coloured(match, source, root), svg)  # fmt: skip
    mark = f"<!-- made from {source.name}, sha256 {recipe(source, root)} -->\n"
    head, tail = svg.split("<svg", 1)
    attributes, body = tail.split(">", 1)
    return f"{head}{mark}<svg{attributes}>\n<style>\n{dark_style()}</style>{body}"


def _coloured(match, source, root):
    """An element with light mode's colours, and classes for those of dark mode."""
    tag, attributes, end = match.groups()
    painted = re.findall(r' (fill|stroke)="(?!none|transparent)([^"]*)"', attributes)
    if not painted:
        return match.group()
    attributes = re.sub(r' class="[^"]*"', "", attributes)
    for what, colour in painted:
        if colour not in COLOURS:
            lines = files.read_text(source, root).split("\n")
            line = next((n for n, text in enumerate(lines, 1) if colour in text), 1)
            raise BookError(f"'{colour}' is no colour of a picture; there are: {' '.join(COLOURS)}",
                            files.shown(source, root), line)  # fmt: skip
        attributes = attributes.replace(f'{what}="{colour}"', f'{what}="{COLOURS[colour][0]}"')
    classes = " ".join(f"{what}-{colour}" for what, colour in painted)
    return f'<{tag} class="{classes}"{attributes}{end}>'


def dark_style():
    """The style sheet that gives a picture dark mode's colours."""
    return f"@media (prefers-color-scheme: dark) {{\n{dark_rules()}}}\n"


def dark_rules(within=""):
    """Its rules; `within` is a selector before each."""
    return "".join(
        f"{within}.{what}-{name} {{ {what}: {dark} }}\n"
        for name, (_, dark) in COLOURS.items()
        for what in ("fill", "stroke")
    )


def write(root):
    """Make what is not up to date; returns what was done, in words."""
    made = 0
    for source in sources(root):
        picture = source.with_suffix(".svg")
        found = _HASH.search(files.read_text(picture, root)) if picture.exists() else None
        if not found or found.group(2) != recipe(source, root):
            files.write_whole(picture, draw(source, root).encode())
            made += 1
    return f"{FOLDER}: {made} of {len(sources(root))} pictures made anew"


def main(argv):
    parser = argparse.ArgumentParser(prog="pictures.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("verb", choices=["write", "check"])
    arguments = parser.parse_args(argv)
    if arguments.verb == "write":
        print(write(arguments.root))
    else:
        errors.raise_all(errors_of(arguments.root))
        print(f"{FOLDER}: {len(sources(arguments.root))} pictures are of their sources")
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
