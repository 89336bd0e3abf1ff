"""A student's file with its later steps put back to how they were given.

Every function of a skeleton that holds a step_todo() belongs to that one step. To
put a step back is to write the skeleton's function in place of the student's; what
else the student has added stays.
"""

import re
import sys

import source

sys.path.insert(0, str(source.ROOT / "tools/book"))
import csource  # noqa: E402  (the book's tools stand in a folder of their own)

_TODO = re.compile(r'step_todo\("[a-z][a-z0-9_]*\.([0-9]+)"')


class Rollback:
    """The student's text, and what the skeleton has in place of each step."""

    def __init__(self, text, skeleton):
        self.text = text
        own = _functions(text)
        self._steps = {}  # number -> [(the student's function, the skeleton's)]
        self._gone = set()  # steps of which a function is not to be found
        self._step_of = {}  # function -> number
        for name, given in _functions(skeleton).items():
            for number in {int(n) for n in _TODO.findall(given)}:
                self._step_of[name] = number
                self._steps.setdefault(number, []).append((own.get(name, ""), given))
                if name not in own:
                    self._gone.add(number)

    def written(self):
        """The numbers of the steps that differ from the skeleton and can be put
        back, in order."""
        return sorted(
            number for number, pairs in self._steps.items()
            if number not in self._gone and any(own != given for own, given in pairs)
        )  # fmt: skip

    def step_of(self, function):
        """The number of the step that a function is written in; 0: it is given."""
        return self._step_of.get(function, 0)

    def up_to(self, last):
        """The text as if no step behind `last` had been written yet."""
        text = self.text
        for number in self.written():
            for own, given in self._steps[number] if number > last else ():
                text = text.replace(own, given, 1)
        return text


def _functions(text):
    """{name: its definition} of a file, each as it stands there."""
    found = {}
    for item in csource.items(text):
        if "{" in item.text and len(item.names) == 1:
            found[next(iter(item.names))] = item.text
    return found
