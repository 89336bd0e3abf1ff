"""Run one file of unit tests for tests/run, a line of JSON for each test.

    tests/unit.py tests/book/test_markers.py

A line begins with a record separator (0x1e), so that nothing that a test prints
is taken for one.
"""

import importlib.util
import json
import os
import sys
import unittest
from pathlib import Path


class Lines(unittest.TestResult):
    """Tells each test's outcome as soon as it is known."""

    def __init__(self, file):
        super().__init__()
        self.file = file
        self.failed_parts = False  # a subtest of the current test has failed

    def startTest(self, test):  # noqa: N802 (unittest's own name)
        self.failed_parts = False
        super().startTest(test)

    def addSuccess(self, test):  # noqa: N802
        if not self.failed_parts:
            self._say(test, "passed")

    def addSubTest(self, test, subtest, error):  # noqa: N802
        if error is not None:
            self.failed_parts = True
            self._say(subtest, "failed", self._exc_info_to_string(error, test))

    def addFailure(self, test, error):  # noqa: N802
        self._say(test, "failed", self._exc_info_to_string(error, test))

    def addError(self, test, error):  # noqa: N802
        self._say(test, "failed", self._exc_info_to_string(error, test))

    def addSkip(self, test, reason):  # noqa: N802
        self._say(test, "skipped", reason)

    def addExpectedFailure(self, test, error):  # noqa: N802
        self._say(test, "passed")

    def addUnexpectedSuccess(self, test):  # noqa: N802
        self._say(test, "failed", "it was expected to fail, and passes")

    def _say(self, test, outcome, text=""):
        event = {"test": f"{self.file}: {_name(test)}", "outcome": outcome, "text": text}
        os.write(1, f"\x1e{json.dumps(event)}\n".encode())


def _name(test):
    """Class and method, and a subtest's parameters."""
    return test.id().removeprefix("suite.")


def load(path):
    """The tests of a file, which finds its neighbours as if it were run itself."""
    sys.path[:0] = [str(path.resolve().parent), str(Path(__file__).resolve().parent)]
    specification = importlib.util.spec_from_file_location("suite", path)
    module = importlib.util.module_from_spec(specification)
    sys.modules["suite"] = module
    specification.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def main(path):
    load(Path(path)).run(Lines(path))


if __name__ == "__main__":
    main(sys.argv[1])
