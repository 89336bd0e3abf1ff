"""A copy of the workbook to try commands in."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What tests/run has built before any suite: it depends on no graded file.
BUILT = "build/common"
# Not copied: what suites build there while others copy; and objects with lines that
# are shown, which would name the files here.
NOT_COPIED = shutil.ignore_patterns("free", "plain", "played", "thread", "address")
LEFT_OUT = shutil.ignore_patterns("build", ".git", "__pycache__", "*.c.20*", "node_modules")


def lay_out(folder):
    """All files but what is generated, with untouched skeletons; and the objects of
    the explorer and the harness, which take longest to build. Times are kept: they say
    what is up to date."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
    if (ROOT / BUILT).is_dir():
        shutil.copytree(ROOT / BUILT, Path(folder) / BUILT, ignore=NOT_COPIED)
    subprocess.run(
        ["python3", "tools/book/skeletons.py", "write", "--into", Path(folder) / "chapters"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
