"""Where the tested commands are, and an environment without make's own words."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))

PLAIN = {k: v for k, v in os.environ.items() if not re.match("MAKE|MFLAGS|CC$|CI$", k)}
