"""The manifest: what it refuses, with file and line, and what it answers."""

import copy
import json
import subprocess
import sys
import unittest

import here
import jsonpos
import jsonschema
import manifest
import manifest_checks
from errors import BookError, CallError


class Loading(here.Workbook):
    def load(self, more=()):
        return manifest.load(self.root, more)

    def changed(self, change):
        """Load a manifest after a change; returns the error's lines."""
        data = copy.deepcopy(here.MANIFEST)
        change(data["chapters"][0])
        self.put_manifest(data)
        with self.assertRaises(BookError) as caught:
            self.load()
        lines = str(caught.exception).split("\n")
        for line in lines:
            self.assertRegex(line, r"^tests/manifest\.json:[0-9]+: ")
        return "\n".join(lines)

    def test_right(self):
        book = self.load()
        self.assertEqual([c.name for c in book.chapters], ["adder"])
        self.assertEqual([s.points for s in book.steps], [60, 40])
        test = book.test("adder/doubles")
        self.assertEqual((test.short, test.step, test.limit), ("doubles", "adder.2", 20))
        self.assertEqual(book.chapter("1-adder").file, "1-adder/adder.c")

    def test_points_must_sum_to_100(self):
        def change(chapter):
            chapter["steps"][0]["tests"][0]["points"] = 61

        self.assertIn("json:5: the points of chapter 'adder' sum to 101", self.changed(change))

    def test_points_are_integers(self):
        def change(chapter):
            chapter["steps"][0]["tests"][0]["points"] = 60.5

        self.assertIn("points: must be of type integer, is 60.5", self.changed(change))

    def test_steps_in_order(self):
        error = self.changed(lambda chapter: chapter["steps"].reverse())
        self.assertIn("step 'adder.2' is out of order: 'adder.1' is next", error)

    def test_names_are_unique(self):
        def change(chapter):
            chapter["steps"][1]["tests"][0]["name"] = "adds"

        error = self.changed(change)
        self.assertRegex(error, r"a test 'adder/adds' exists already, at tests/manifest\.json:\d+")

    def test_missing_member(self):
        error = self.changed(lambda chapter: chapter["steps"][0].pop("hint"))
        self.assertIn('chapters[0].steps[0]: "hint" is missing', error)

    def test_unknown_member(self):
        error = self.changed(lambda chapter: chapter.update(titel="x"))
        self.assertIn('"titel" is not known here; there are: name folder', error)

    def test_all_faults_at_once(self):
        def change(chapter):
            chapter["steps"][0]["name"] = "Adder"
            chapter["title"] = ""

        self.assertEqual(len(self.changed(change).split("\n")), 2)

    def test_not_json(self):
        self.put("tests/manifest.json", '{"version": 1,\n "chapters": [}\n')
        with self.assertRaises(BookError) as caught:
            self.load()
        self.assertEqual(
            str(caught.exception), "tests/manifest.json:2: not JSON: expected a value, found '}'"
        )

    def test_not_there(self):
        (self.root / "tests/manifest.json").unlink()
        error = self.tool("manifest.py", "check", status=1)
        self.assertEqual(error, "tests/manifest.json: cannot be read: No such file or directory\n")

    def test_a_wrong_name_lists_the_right_ones(self):
        for call, message in (
            (lambda b: b.chapter("pool"), "no chapter is called 'pool'; there are: adder"),
            (lambda b: b.step("adder.9"), "there are: adder.1 adder.2"),
            (lambda b: b.test("adder/add"), "there are: adder/adds adder/doubles"),
            (lambda b: b.test("adds"), "no test is called 'adds'; there are: adder/adds"),
        ):
            with self.assertRaises(CallError) as caught:
                call(self.load())
            self.assertTrue(str(caught.exception).endswith(message), caught.exception)

    def test_names_for_other_tools(self):
        self.assertEqual(self.tool("manifest.py", "names", "tests"), "adder/adds\nadder/doubles\n")


class Additions(here.Workbook):
    """An instructor's own tests: make check TESTS=dir."""

    def add(self, steps, chapter="adder"):
        data = {"version": 1, "chapters": [{"name": chapter, "steps": steps}]}
        self.put("own/manifest.json", json.dumps(data, indent=1))
        return manifest.load(self.root, [self.root / "own"])

    def refused(self, message, *arguments):
        with self.assertRaises(BookError) as caught:
            self.add(*arguments)
        self.assertRegex(str(caught.exception), r"^own/manifest\.json:[0-9]+: ")
        self.assertIn(message, str(caught.exception))

    def test_added(self):
        book = self.add([{"name": "adder.2", "tests": [{"name": "own", "points": 10}]}])
        test = book.test("adder/own")
        self.assertEqual(test.source, self.root / "own" / "adder_test.c")
        self.assertEqual(book.points, 110)

    def test_unknown_chapter(self):
        self.refused(
            "no chapter is called 'sub'; there are: adder",
            [{"name": "sub.1", "tests": [{"name": "own", "points": 1}]}], "sub",
        )  # fmt: skip

    def test_unknown_step(self):
        self.refused(
            "no step is called 'adder.7'",
            [{"name": "adder.7", "tests": [{"name": "own", "points": 1}]}],
        )

    def test_name_taken(self):
        self.refused(
            "a test 'adder/adds' exists already, at tests/manifest.json:",
            [{"name": "adder.1", "tests": [{"name": "adds", "points": 1}]}],
        )


class Checks(here.Workbook):
    """The manifest against the tests, the book and the solutions."""

    def errors(self):
        return [str(e) for e in manifest_checks.all_errors(manifest.load(self.root))]

    def test_right(self):
        self.assertEqual(self.errors(), [])
        self.assertIn("2 tests, 100 points", self.tool("manifest.py", "check"))

    def test_a_test_that_is_gone(self):
        self.put("tests/adder_test.c", here.TESTS.replace('{"adds", test_adds},', ""))
        (error,) = self.errors()
        self.assertRegex(error, r"json:\d+: no test 'adds' is in the table of tests/adder_test.c")

    def test_a_test_that_is_not_listed(self):
        self.put("tests/adder_test.c", here.TESTS.replace("CU_TEST_INFO", '{"new", f},\nCU_TEST_INFO'))
        self.assertEqual(
            self.errors(), ["tests/adder_test.c:5: test 'new' is not in the manifest"]
        )

    def test_no_test_file(self):
        (self.root / "tests/adder_test.c").unlink()
        (error,) = self.errors()
        self.assertIn("tests/adder_test.c: cannot be read", error)

    def test_a_log_and_a_name_go_together(self):
        for spoil in ({"log": "pool"}, {"name": "log_of_nothing"}):
            with self.subTest(**spoil):
                data = copy.deepcopy(here.MANIFEST)
                data["chapters"][0]["steps"][0]["tests"][0].update(spoil)
                self.put_manifest(data)
                self.assertTrue(any("is called log_of_" in str(e) for e in self.errors()))

    def test_book_anchor_that_is_gone(self):
        self.put("book.md", here.BOOK_TEXT.replace("adder.1", "adder.one"))
        (error,) = self.errors()
        self.assertRegex(error, r"^tests/manifest\.json:\d+: book\.md has no anchor 'adder\.1'$")

    def test_no_book(self):
        (self.root / "book.md").unlink()
        self.assertEqual(self.errors(), ["book.md: cannot be read: No such file or directory"])

    def test_headings_are_anchors(self):
        anchors = manifest_checks.book_anchors("## 2. The *pool*, and why\n### x {#own}\n")
        self.assertIn("2-the-pool-and-why", anchors)
        self.assertIn("own", anchors)

    def test_step_without_a_region(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("adder.2", "adder.1"))
        self.assertIn("step 'adder.2' has no region in solutions/1-adder/adder.c", self.errors()[-1])

    def test_region_of_no_step(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("adder.2", "adder.3"))
        self.assertIn("no step is called 'adder.3'; there are: adder.1 adder.2", self.errors()[0])


class Hints(here.Workbook):
    def setUp(self):
        super().setUp()
        self.tool("skeletons.py", "write")

    def hint(self, *arguments, status=0):
        return self.tool("manifest.py", "hint", *arguments, status=status)

    def test_each_one_is_stronger(self):
        first = self.hint("adder", "adder.1")
        self.assertIn("adder.1  Add", first)
        self.assertIn("1. Think.", first)
        self.assertNotIn("Use +", first)
        self.assertIn("1 more: make hint CHAPTER=adder STEP=adder.1", first)
        second = self.hint("adder", "adder.1")
        self.assertIn("1. Think.\n  2. Use +.", second)
        self.assertIn("the last hint; the book says more: book.md#adder.1", second)
        self.assertEqual(second, self.hint("adder", "adder.1"))

    def test_the_first_unwritten_step(self):
        self.assertIn("adder.1  Add", self.hint())
        path = "chapters/1-adder/adder.c"
        self.put(path, self.read(path).replace('step_todo("adder.1"', "f("))
        self.assertIn("adder.2  Double", self.hint("adder"))
        self.put(path, "int a;\n")
        self.assertIn("Every step of chapter 'adder' is written", self.hint("adder"))

    def test_a_step_that_failed(self):
        self.put("chapters/1-adder/adder.c", "int a;\n")
        steps = [{"name": "adder.1", "verdict": "pass"}, {"name": "adder.2", "verdict": "race"}]
        results = {"impl": "chapters", "chapters": [{"steps": steps}]}
        self.put("build/results.json", json.dumps(results))
        self.assertIn("adder.2  Double", self.hint())

    def test_spoiled_memory_is_no_hindrance(self):
        self.put("build/hints.json", "[1, 2")
        self.put("build/results.json", '{"impl": "chapters", "chapters": 7}')
        self.assertIn("1. Think.", self.hint())
        self.put("build/hints.json", '{"adder.1": "x"}')
        self.assertIn("1. Think.", self.hint())

    def test_wrong_names(self):
        self.assertEqual(
            self.hint("pool", status=2), "no chapter is called 'pool'; there are: adder\n"
        )
        self.assertIn("no step is called 'adder.7'", self.hint("adder", "adder.7", status=2))


class Json(unittest.TestCase):
    def parse(self, text):
        return jsonpos.parse(text, "x.json")

    def test_as_the_standard_parser(self):
        text = '{"a": [1, -2.5e3, true, null, "\\u00e9\\n"], "b": {}, "c": []}'
        self.assertEqual(self.parse(text).value, json.loads(text))

    def test_lines(self):
        document = self.parse('{\n"a": [\n1,\n{"b": 2}]}')
        self.assertEqual(document.line(("a", 1, "b")), 4)
        self.assertEqual(document.line(("a", 0, "missing")), 3)

    def test_refused(self):
        for text, message in (
            ("", "x.json:1: not JSON: expected a value, found the end of the file"),
            ('{"a": 1,}', "a comma stands before '}'"),
            ('{"a": 1\n"b": 2}', "x.json:2: not JSON: expected ',', found '\"'"),
            ('{"a": 1, "a": 2}', '"a" is given twice'),
            ("[1] 2", "something follows the end"),
            ("[NaN]", "expected a value"),
            ("[01]", "expected ','"),
            ('["a', "unterminated string"),
            ("{a: 1}", "expected a name in quotes"),
        ):
            with self.assertRaises(BookError) as caught:
                self.parse(text)
            self.assertIn(message, str(caught.exception))


class Schemas(unittest.TestCase):
    def faults(self, schema, value):
        return jsonschema.Schema(schema).errors(value)

    def test_keywords(self):
        for schema, right, wrong in (
            ({"type": "integer"}, 1, True),
            ({"type": ["string", "null"]}, None, 1),
            ({"type": "number"}, 1.5, "1"),
            ({"enum": ["a", 1]}, 1, True),
            ({"const": 1}, 1, 2),
            ({"required": ["a"]}, {"a": 1}, {}),
            ({"properties": {"a": {"type": "null"}}}, {"a": None, "b": 1}, {"a": 1}),
            ({"additionalProperties": False}, {}, {"a": 1}),
            ({"additionalProperties": {"type": "null"}}, {"a": None}, {"a": 1}),
            ({"items": {"type": "null"}}, [None], [1]),
            ({"minItems": 1}, [1], []),
            ({"maxItems": 1}, [1], [1, 2]),
            ({"uniqueItems": True}, [1, True], [1, 1]),
            ({"minLength": 1}, "a", ""),
            ({"maxLength": 1}, "a", "ab"),
            ({"pattern": "^a$"}, "a", "b"),
            ({"minimum": 1}, 1, 0),
            ({"maximum": 1}, 1, 2),
            ({"anyOf": [{"type": "null"}, {"type": "string"}]}, "a", 1),
            ({"oneOf": [{"type": "integer"}, {"minimum": 5}]}, 4, 6),
            ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, 1, 3),
            ({"not": {"type": "null"}}, 1, None),
            ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}, None, 1),
        ):
            with self.subTest(schema=schema):
                self.assertEqual(self.faults(schema, right), [])
                self.assertNotEqual(self.faults(schema, wrong), [])

    def test_what_it_does_not_know_is_refused(self):
        for schema, message in (
            ({"properties": {"a": {"format": "uri"}}}, "#/properties/a: this validator does not know the keyword 'format'"),
            ({"type": "text"}, "no type is called 'text'"),
            ({"$ref": "other.json"}, "leads nowhere"),
            ({"items": 3}, "a schema is an object"),
        ):
            with self.assertRaises(BookError) as caught:
                jsonschema.Schema(schema)
            self.assertIn(message, str(caught.exception))

    def test_the_fault_names_its_part(self):
        schema = {"properties": {"a": {"items": {"type": "null"}}}}
        (fault,) = self.faults(schema, {"a": [None, 1]})
        self.assertEqual(jsonschema.part_name(fault[0]), "a[1]")


class SchemaCommand(here.Workbook):
    """tools/book/jsonschema.py SCHEMA FILE"""

    def check(self):
        files = [self.root / f"tests/manifest.{kind}" for kind in ("schema.json", "json")]
        command = [sys.executable, here.BOOK / "jsonschema.py", *files]
        return subprocess.run(command, capture_output=True, text=True)

    def test_right(self):
        self.assertEqual((self.check().returncode, self.check().stderr), (0, ""))

    def test_wrong(self):
        self.put("tests/manifest.json", '{"version": 2,\n "chapters": []}')
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"manifest\.json:1: version: must be 1, is 2\n")
        self.assertRegex(done.stderr, r"manifest\.json:2: chapters: must have 1 or more items\n")


class TheWorkbooksOwn(unittest.TestCase):
    """The workbook's manifest, as far as it can be looked at by itself."""

    def test_it_loads(self):
        book = manifest.load()
        self.assertEqual([c.name for c in book.chapters][:4], ["waitgroup", "runner", "pool", "work"])
        for chapter in book.chapters:
            self.assertEqual(chapter.points, 100)


if __name__ == "__main__":
    unittest.main()
