#!/usr/bin/env python3
"""Check a JSON document against a JSON Schema, with the standard library only.

The subset that the workbook's schemas use. A keyword that is not known is an
error in the schema, so that nothing is silently left unchecked.

    tools/book/jsonschema.py SCHEMA.json FILE.json
"""

import json
import re
import sys

import errors
import files
import jsonpos
from errors import BookError

_ANNOTATIONS = {"$schema", "$id", "$comment", "$defs", "title", "description", "examples"}

_TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}


class Schema:
    """A schema, checked for unknown keywords when it is made."""

    def __init__(self, schema, path="schema"):
        self.root = schema
        self.path = path
        self._check(schema, "#")

    @classmethod
    def load(cls, path):
        """Read a schema from a file."""
        document = jsonpos.parse(files.read_text(path), files.shown(path))
        return cls(document.value, document.path)

    def errors(self, value, definition=None):
        """Each fault as (part, message); none if the value is right.

        `definition` picks one of the schema's $defs instead of the whole.
        """
        schema = self.root if definition is None else self.root["$defs"][definition]
        return list(self._faults(schema, value, ()))

    def _check(self, schema, where):
        """Refuse what this validator would not check."""
        if isinstance(schema, bool):
            return
        if not isinstance(schema, dict):
            raise BookError(f"{where}: a schema is an object, true or false", self.path)
        for keyword, argument in schema.items():
            if keyword not in _KEYWORDS and keyword not in _ANNOTATIONS:
                raise BookError(
                    f"{where}: this validator does not know the keyword '{keyword}'",
                    self.path,
                )
            self._check_argument(keyword, argument, f"{where}/{keyword}")

    def _check_argument(self, keyword, argument, where):
        if keyword in ("properties", "$defs"):
            for name, schema in argument.items():
                self._check(schema, f"{where}/{name}")
        elif keyword in ("items", "additionalProperties", "not"):
            self._check(argument, where)
        elif keyword in ("anyOf", "oneOf", "allOf"):
            for index, schema in enumerate(argument):
                self._check(schema, f"{where}/{index}")
        elif keyword == "$ref":
            self._resolve(argument)
        elif keyword == "type":
            for name in _as_list(argument):
                if name not in _TYPES:
                    raise BookError(f"{where}: no type is called '{name}'", self.path)

    def _resolve(self, reference):
        name = reference.removeprefix("#/$defs/")
        if name == reference or name not in self.root.get("$defs", {}):
            raise BookError(f"the reference '{reference}' leads nowhere", self.path)
        return self.root["$defs"][name]

    def _faults(self, schema, value, part):
        if schema is True:
            return
        if schema is False:
            yield part, "is not allowed here"
            return
        for keyword, argument in schema.items():
            if keyword in _KEYWORDS:
                yield from _KEYWORDS[keyword](self, schema, argument, value, part)


def _as_list(value):
    return value if isinstance(value, list) else [value]


def _told(value):
    """A value as an error shows it: short."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _type(_, __, names, value, part):
    if not any(_TYPES[name](value) for name in _as_list(names)):
        yield part, f"must be of type {' or '.join(_as_list(names))}, is {_told(value)}"


def _enum(_, __, values, value, part):
    if not any(_same(value, allowed) for allowed in values):
        listed = " ".join(_told(allowed) for allowed in values)
        yield part, f"must be one of: {listed}; is {_told(value)}"


def _const(_, __, constant, value, part):
    if not _same(value, constant):
        yield part, f"must be {_told(constant)}, is {_told(value)}"


def _same(one, other):
    """Equal as JSON: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _properties(schema, _, properties, value, part):
    if isinstance(value, dict):
        for name, subschema in properties.items():
            if name in value:
                yield from schema._faults(subschema, value[name], part + (name,))


def _required(_, __, names, value, part):
    if isinstance(value, dict):
        for name in names:
            if name not in value:
                yield part, f'"{name}" is missing'


def _additional(schema, siblings, subschema, value, part):
    if not isinstance(value, dict):
        return
    known = siblings.get("properties", {})
    for name in value:
        if name in known:
            continue
        if subschema is False:
            yield part + (name,), f'"{name}" is not known here; there are: {" ".join(known)}'
        else:
            yield from schema._faults(subschema, value[name], part + (name,))


def _items(schema, _, subschema, value, part):
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from schema._faults(subschema, item, part + (index,))


def _bound(kind, measure, broken, words):
    def check(_, __, limit, value, part):
        if kind(value) and broken(measure(value), limit):
            yield part, words.format(limit=limit, value=_told(value))

    return check


def _pattern(_, __, pattern, value, part):
    if isinstance(value, str) and not re.search(pattern, value):
        yield part, f"must match {pattern}, is {_told(value)}"


def _unique(_, __, wanted, value, part):
    if not wanted or not isinstance(value, list):
        return
    for index, item in enumerate(value):
        if any(_same(item, earlier) for earlier in value[:index]):
            yield part + (index,), f"{_told(item)} is given twice"


def _reference(schema, _, reference, value, part):
    yield from schema._faults(schema._resolve(reference), value, part)


def _any_of(schema, _, choices, value, part):
    tried = [list(schema._faults(choice, value, part)) for choice in choices]
    if all(tried):
        # The choice that came furthest explains best what is wrong.
        yield max(tried, key=lambda faults: max(len(p) for p, _ in faults))[0]


def _one_of(schema, _, choices, value, part):
    fitting = sum(not list(schema._faults(choice, value, part)) for choice in choices)
    if fitting == 0:
        yield from _any_of(schema, _, choices, value, part)
    elif fitting > 1:
        yield part, f"fits {fitting} of the kinds allowed here, must fit one"


def _all_of(schema, _, choices, value, part):
    for choice in choices:
        yield from schema._faults(choice, value, part)


def _not(schema, _, forbidden, value, part):
    if not list(schema._faults(forbidden, value, part)):
        yield part, f"is {_told(value)}, which is not allowed here"


def _less(value, limit):
    return value < limit


def _more(value, limit):
    return value > limit


def _itself(value):
    return value


_KEYWORDS = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "items": _items,
    "minItems": _bound(_TYPES["array"], len, _less, "must have {limit} or more items"),
    "maxItems": _bound(_TYPES["array"], len, _more, "must have at most {limit} items"),
    "uniqueItems": _unique,
    "minLength": _bound(_TYPES["string"], len, _less, "must have {limit} or more characters"),
    "maxLength": _bound(_TYPES["string"], len, _more, "must have at most {limit} characters"),
    "pattern": _pattern,
    "minimum": _bound(_TYPES["number"], _itself, _less, "must be {limit} or more, is {value}"),
    "maximum": _bound(_TYPES["number"], _itself, _more, "must be at most {limit}, is {value}"),
    "$ref": _reference,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "allOf": _all_of,
    "not": _not,
}


def part_name(part):
    """A part in words: chapters[0].steps[2].name."""
    text = ""
    for key in part:
        text += f"[{key}]" if isinstance(key, int) else f".{key}"
    return text.lstrip(".") or "the document"


def check_document(document, schema, definition=None):
    """Raise all faults of a parsed document, each with file and line."""
    errors.raise_all(
        document.error(f"{part_name(part)}: {message}", part)
        for part, message in schema.errors(document.value, definition)
    )


def main(argv):
    if len(argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return errors.EXIT_CALL
    schema = Schema.load(argv[0])
    document = jsonpos.parse(files.read_text(argv[1]), files.shown(argv[1]))
    check_document(document, schema)
    return errors.EXIT_OK


if __name__ == "__main__":
    errors.run(main)
