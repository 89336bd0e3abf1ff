"""What a test needs of the machine. Without it the test is left out, by name."""

import shutil
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def tool(*names):
    """Skip the test where a tool is missing; `tests/run` lists what was left out."""
    missing = [name for name in names if shutil.which(name) is None]
    return unittest.skipIf(missing, f"needs {', '.join(missing)} (tools/setup --all)")


def solutions():
    """Skip the test in a handout, which has no solutions."""
    return unittest.skipUnless((ROOT / "solutions").is_dir(), "a handout has no solutions")
