"""The files that the workbook's own checks look at."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools/book")]

import manifest as manifests  # noqa: E402

# Examples of what students may hand in; some are wrong on purpose.
SPECIMENS = ("tests/harness/", "tests/mutants/", "tests/golden/")


def tracked(*patterns):
    """Files of the workbook that git knows, or all that are there without git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        names = done.stdout.splitlines()
    else:
        names = [str(path.relative_to(ROOT)) for p in patterns for path in ROOT.rglob(p)]
    kept = (name for name in names if not name.startswith(("build/", *SPECIMENS)))
    return sorted({name for name in kept if (ROOT / name).is_file()})


def students():
    """The files in chapters/ that students write: theirs to format."""
    return {f"chapters/{chapter.file}" for chapter in manifests.load().chapters}


def skeletons():
    """Untouched skeletons, generated below build/; their paths."""
    folder = ROOT / "build/skeletons"
    command = [sys.executable, "tools/book/skeletons.py", "write", "--into", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    return [f"build/skeletons/{chapter.file}" for chapter in manifests.load().chapters]


def flags(name):
    """How a C file is compiled, as clangd is told."""
    here = next(f for f in Path(name).parents if (ROOT / f / "compile_flags.txt").exists())
    lines = (ROOT / here / "compile_flags.txt").read_text().split()
    return [f"-I{here / line[2:]}" if line.startswith("-I") else line for line in lines]
