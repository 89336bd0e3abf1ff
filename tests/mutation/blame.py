"""Which step of its chapter a mistake is in, and which steps' tests it fails.

A step's tests need what was written up to that step and nothing behind it. So a
mistake may fail tests of its own step and of later ones.
"""

import functools

import grader

import manifest as manifests  # (the book's tools, found by way of grader)
import markers


def step_of(mutant):
    """The step whose region the mistake stands in; None: it is in given code."""
    for region in _regions(mutant.path):
        if any(line == mutant.line for line, _ in region.code):
            return region.step
    return None


@functools.cache
def _regions(path):
    return markers.parse_file(grader.ROOT / path).regions


@functools.cache
def _step_of_test():
    return {test.name: test.step for test in manifests.load().tests}


def earlier(step, tests):
    """Those of the failing tests that belong to steps before this one."""
    if step is None:
        return []
    return [name for name in tests if _number(_step_of_test()[name]) < _number(step)]


def _number(step):
    return int(step.rsplit(".", 1)[1])
