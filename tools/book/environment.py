"""What a command of the workbook is run with, when a tool runs it."""

import os
import re

_MAKES_OWN = re.compile("MAKE|MFLAGS|CC$|CI$")


def plain():
    """The environment without the words of the make that called, and without choices
    that are made by command line."""
    return {k: v for k, v in os.environ.items() if not _MAKES_OWN.match(k)}
