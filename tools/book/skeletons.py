#!/usr/bin/env python3
"""Skeletons: what students fill in, made from the solutions.

    skeletons.py write            write chapters/*/NAME.c (make skeletons)
    skeletons.py write --into DIR write them below DIR instead, for tests
    skeletons.py check            have they drifted? (part of make test)
    skeletons.py reset CHAPTER    put one skeleton back (make reset CHAPTER=)

No command replaces a file that a student has touched without keeping it under a
name that it prints.
"""

import argparse
import json
import subprocess
from pathlib import Path

import errors
import files
import manifest as manifests
import markers
from errors import BookError, CallError

CHAPTERS = "chapters"
SOLUTIONS = "solutions"
RECORD = "tools/book/skeletons.json"  # hashes of the skeletons as committed
PRISTINE = "tools/book/pristine"  # in a handout, which has no solutions


def generate(manifest):
    """Every skeleton: {"2-pool/pool.c": bytes}. Raises all marker errors."""
    skeletons = {}
    faults = []
    for chapter in manifest.chapters:
        try:
            path = manifest.root / SOLUTIONS / chapter.file
            solution = markers.parse_file(path, manifest.root)
            errors.raise_all(markers.step_errors(solution, chapter))
            skeletons[chapter.file] = solution.skeleton().encode()
        except BookError as error:
            faults.append(error)
    errors.raise_all(faults)
    return skeletons


def pristine(manifest):
    """Every skeleton, from the solutions or from what a handout brings."""
    if (manifest.root / SOLUTIONS).is_dir():
        return generate(manifest)
    folder = manifest.root / PRISTINE
    return {
        chapter.file: files.read_bytes(folder / chapter.file, manifest.root)
        for chapter in manifest.chapters
    }


def fingerprint(data):
    """A skeleton's hash; line ends do not count (git may have changed them)."""
    return files.digest(data.replace(b"\r\n", b"\n"))


def read_record(text):
    """Hashes by file name from the record's text; none from a spoiled one."""
    try:
        hashes = json.loads(text)["skeletons"]
    except (ValueError, KeyError, TypeError):
        return {}
    return hashes if isinstance(hashes, dict) else {}


def recorded(root):
    """The hashes of the skeletons as last written by `write`."""
    path = root / RECORD
    return read_record(files.read_text(path, root)) if path.exists() else {}


def replace(root, path, data, known):
    """Write a skeleton over a file; a touched file is kept first.

    `known` are the hashes of untouched files. Returns what was done, in words,
    or None if there was nothing to do.
    """
    shown = files.shown(path, root)
    if not path.exists():
        files.write_whole(path, data)
        return f"{shown}: written"
    old = files.read_bytes(path, root)
    if old == data:
        return None
    if fingerprint(old) in known:
        files.write_whole(path, data)
        return f"{shown}: written anew"
    copy = files.keep_copy(path)
    files.write_whole(path, data)
    return f"{shown}: written anew; yours is kept as {files.shown(copy, root)}"


def write(manifest):
    """Write all skeletons into chapters/ and record their hashes."""
    root = manifest.root
    known = set(recorded(root).values())
    hashes = {}
    for name, data in generate(manifest).items():
        done = replace(root, root / CHAPTERS / name, data, known)
        print(done or f"{CHAPTERS}/{name}: as it was")
        hashes[name] = fingerprint(data)
    record = {"version": 1, "skeletons": hashes}
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    if not (root / RECORD).exists() or files.read_text(root / RECORD, root) != text:
        files.write_whole(root / RECORD, text.encode())


def write_into(manifest, folder):
    """Write all skeletons below a folder of generated files."""
    for name, data in pristine(manifest).items():
        path = folder / name
        if not path.exists() or path.read_bytes() != data:
            files.write_whole(path, data)


def reset(manifest, chapter_name, impl):
    """Put one chapter's skeleton back; returns what was done, in words."""
    chapter = manifest.chapter(chapter_name)
    folder = manifest.root / impl
    if folder.resolve() == (manifest.root / SOLUTIONS).resolve():
        raise CallError("reset is for what students edit, not for the solutions")
    if not folder.is_dir():
        raise CallError(f"there is no folder {impl}")
    data = pristine(manifest)[chapter.file]
    path = folder / chapter.file
    if path.exists() and fingerprint(files.read_bytes(path, manifest.root)) == fingerprint(data):
        return f"{files.shown(path, manifest.root)} is untouched: nothing to do"
    known = {recorded(manifest.root).get(chapter.file)}
    return replace(manifest.root, path, data, known)


def check(manifest):
    """Raise what has drifted; return what was found, in words.

    A student edits the skeletons in place, so the files in the working tree say
    nothing. Compared are: what the solutions give now, with the record; and the
    record with the files that were committed with it, or after it.
    """
    root = manifest.root
    if not (root / SOLUTIONS).is_dir():
        return "skeletons: no solutions here, so nothing can drift"
    hashes = recorded(root)
    errors.raise_all(_drift(generate(manifest), hashes))
    commit, why_not = _record_commit(root)
    if commit is None:
        return f"skeletons: as recorded; not compared with a commit: {why_not}"
    errors.raise_all(_committed_drift(root, commit))
    return "skeletons: as recorded, and so committed"


def _drift(skeletons, hashes):
    for name, data in skeletons.items():
        if hashes.get(name) != fingerprint(data):
            yield BookError(
                "the skeleton made from it differs from the one recorded:"
                " run `make skeletons` and commit",
                f"{SOLUTIONS}/{name}",
            )
    for name in sorted(set(hashes) - set(skeletons)):
        yield BookError(f"records '{name}', which no chapter has", RECORD)


def _record_commit(root):
    """The commit that last changed the record, or None and the reason."""
    try:
        commit = git(root, "log", "-1", "--format=%H", "--", RECORD).decode().strip()
        if not commit:
            return None, f"{RECORD} is not committed"
        parents = git(root, "log", "-1", "--format=%P", commit).split()
    except (OSError, subprocess.CalledProcessError):
        return None, "this is no git repository"
    if not parents:
        return None, "its history begins with files that a student may have edited"
    return commit, None


def _committed_drift(root, commit):
    """Each skeleton was committed as recorded, with the record or after it."""
    prefix = git(root, "rev-parse", "--show-prefix").decode().strip()
    hashes = read_record(git(root, "show", f"{commit}:{prefix}{RECORD}"))
    for name, digest in hashes.items():
        path = f"{CHAPTERS}/{name}"
        later = git(root, "log", "--format=%H", f"{commit}..HEAD", "--", path)
        commits = [commit, *reversed(later.decode().split())]
        if not any(_committed(root, c, prefix + path) == digest for c in commits):
            yield BookError(
                f"in commit {commit[:12]} this file is not the skeleton that"
                f" {RECORD} records: commit both",
                path,
            )


def _committed(root, commit, path):
    """The fingerprint of a file in a commit, or None if it is not there."""
    try:
        return fingerprint(git(root, "show", f"{commit}:{path}"))
    except subprocess.CalledProcessError:
        return None


def git(root, *arguments):
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ).stdout


def _parser():
    parser = argparse.ArgumentParser(prog="skeletons.py", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=files.ROOT, type=Path)
    verbs = parser.add_subparsers(dest="verb", required=True)
    writing = verbs.add_parser("write")
    writing.add_argument("--into", metavar="DIR", type=Path)
    verbs.add_parser("check")
    resetting = verbs.add_parser("reset")
    resetting.add_argument("chapter")
    resetting.add_argument("--impl", default=CHAPTERS)
    return parser


def main(argv):
    arguments = _parser().parse_args(argv)
    manifest = manifests.load(arguments.root)
    if arguments.verb == "check":
        print(check(manifest))
    elif arguments.verb == "reset":
        print(reset(manifest, arguments.chapter, arguments.impl))
    elif arguments.into is not None:
        write_into(manifest, arguments.into)
    else:
        write(manifest)
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
