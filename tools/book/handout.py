#!/usr/bin/env python3
"""What a course gives out: the workbook without the solutions (make handout).

    handout.py [--out DIR]

Packs everything but the solutions and what would betray them, as a tar.gz that
is the same, byte for byte, for the same commit. The skeletons in it are fresh,
whatever has been written into chapters/ here.
"""

import argparse
import gzip
import io
import os
import re
import subprocess
import tarfile
from pathlib import Path

import errors
import files
import leaks
import manifest as manifests
import markers
import skeletons
from errors import BookError, CallError

LEFT_OUT = (
    "solutions/",
    "tests/mutants/",  # solutions, each with one fault
    "tests/mutation/",  # derives wrong solutions from the right ones
    "tests/variants/",  # other right solutions
    "tests/golden/",  # outputs that quote solutions
    ".ci/",  # proves the workbook with its solutions
)
VERSION = "tools/VERSION"
NAME = "workbook"


def contents(manifest):
    """{path in the workbook: (bytes, is it executable)} of what is packed."""
    root = manifest.root
    packed = {
        path: (files.read_bytes(root / path, root), os.access(root / path, os.X_OK))
        for path in _tracked(root)
        if not path.startswith(LEFT_OUT)
    }
    for name, data in skeletons.generate(manifest).items():
        packed[f"{skeletons.CHAPTERS}/{name}"] = (data, False)
        packed[f"{skeletons.PRISTINE}/{name}"] = (data, False)
    if "book.md" in packed:
        packed["book.md"] = (without_answers(packed["book.md"][0]), False)
    packed[VERSION] = (version(root).encode() + b"\n", False)
    return packed


def _tracked(root):
    """Files of the workbook: those that git knows, and that are there."""
    try:
        listed = skeletons.git(root, "ls-files", "-z", "--cached").decode()
    except (OSError, subprocess.CalledProcessError):
        raise CallError("a handout is packed from a git repository; this is none") from None
    paths = sorted(set(listed.split("\0")) - {""})
    return [path for path in paths if (root / path).is_file()]


def without_answers(book):
    """The book without the part under the heading `Answers`."""
    lines = book.decode("utf-8").split("\n")
    kept = []
    depth = None  # of the heading whose part is being left out
    fenced = False
    for line in lines:
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else re.match(r"(#+)\s+(.*)", line)
        if heading and (depth is None or len(heading.group(1)) <= depth):
            is_answers = re.match(r"(the )?answers\b", heading.group(2), re.I)
            depth = len(heading.group(1)) if is_answers else None
        if depth is None:
            kept.append(line)
    return "\n".join(kept).encode()


def version(root):
    """The workbook's version: tools/VERSION if there is one, else git's words."""
    path = root / VERSION
    if path.exists():
        return files.read_text(path, root).strip()
    return skeletons.git(root, "describe", "--always", "--dirty").decode().strip()


def leak_errors(manifest, packed):
    """Each place at which a packed file gives a solution away."""
    solutions = [
        markers.parse_file(manifest.root / skeletons.SOLUTIONS / chapter.file, manifest.root)
        for chapter in manifest.chapters
    ]
    watch = leaks.Watch(solutions)
    for path, (data, _) in sorted(packed.items()):
        for leak in watch.leaks(data):
            yield BookError(
                f"gives {leak.step} away: the lines of {leak.source}:{leak.source_line}",
                path, leak.line,
            )  # fmt: skip


def archive(packed, top, moment):
    """The tar.gz as bytes: sorted, nobody's, and of one moment."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, (data, executable) in sorted(packed.items()):
            entry = tarfile.TarInfo(f"{top}/{path}")
            entry.size = len(data)
            entry.mtime = moment
            entry.mode = 0o755 if executable else 0o644
            tar.addfile(entry, io.BytesIO(data))
    zipped = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=zipped, mode="wb", mtime=moment) as stream:
        stream.write(plain.getvalue())
    return zipped.getvalue()


def pack(manifest, folder):
    """Write the handout into a folder; returns its path and how many files."""
    root = manifest.root
    if not (root / skeletons.SOLUTIONS).is_dir():
        raise CallError("there are no solutions here: this is a handout already")
    packed = contents(manifest)
    errors.raise_all(leak_errors(manifest, packed))
    top = f"{NAME}-{version(root)}"
    moment = int(skeletons.git(root, "log", "-1", "--format=%ct"))
    path = folder / f"{top}.tar.gz"
    files.write_whole(path, archive(packed, top, moment))
    return path, len(packed)


def main(argv):
    parser = argparse.ArgumentParser(prog="handout.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    parser.add_argument("--out", type=Path, help="default: build/handout")
    arguments = parser.parse_args(argv)
    manifest = manifests.load(arguments.root)
    path, count = pack(manifest, arguments.out or arguments.root / "build/handout")
    digest = files.digest(path.read_bytes())
    print(f"{files.shown(path, arguments.root)}: {count} files, no line of a solution")
    print(f"sha256 {digest}")
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
