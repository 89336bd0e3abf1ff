"""Where the tested tools are."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "tools/report/results.schema.json"
sys.path[:0] = [
    str(ROOT / folder) for folder in ("tools/report", "tools/book", "tests/grading", "tests")
]
