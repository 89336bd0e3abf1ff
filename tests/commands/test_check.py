"""`make check` and its neighbours as a student types them, in a copy of the
workbook whose folder has a space in its name.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import textwrap
import unittest
from pathlib import Path

import here
from here import ROOT

import copies
import needs

STUDENT = ROOT / "tests/golden/report/waitgroup.c"  # right as it stands
CHAPTER = "chapters/0-waitgroup/waitgroup.c"
README = ROOT / "README.md"


@needs.tool("gcc", "make", "eu-stack")
class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name) / "a workbook"
        copies.lay_out(cls.folder)
        cls.skeleton = (cls.folder / CHAPTER).read_bytes()

    def setUp(self):
        (self.folder / CHAPTER).write_bytes(self.skeleton)

    def make(self, *words, status=0):
        """What a person sees, both streams in one; status None: any will do."""
        done = subprocess.run(
            ["make", *words], cwd=self.folder, env=here.PLAIN, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout)
        self.assertNotIn("Traceback", done.stdout)
        return done.stdout

    def write(self, old="", new=""):
        text = STUDENT.read_text()
        self.assertIn(old, text)
        (self.folder / CHAPTER).write_text(text.replace(old, new, 1))

    def results(self):
        return json.loads((self.folder / "build/results.json").read_text())


class Grades(Check):
    def test_untouched_is_zero_points_and_no_failure(self):
        said = self.make("check")
        self.assertIn("Score: 0 of 400 points\n", said)
        self.assertIn("Next:  waitgroup.1 ", said)
        self.assertLessEqual(len(said.splitlines()), 24)  # a first screen
        verdicts = {s["verdict"] for c in self.results()["chapters"] for s in c["steps"]}
        self.assertEqual(verdicts, {"todo"})
        self.assertIn(textwrap.indent(said.strip("\n"), "    "), README.read_text())

    @needs.solutions()
    def test_right_is_status_0(self):
        self.write()
        said = self.make("check", "CHAPTER=waitgroup")
        self.assertIn("Score: 100 of 100 points", said)

    @needs.solutions()
    def test_wrong_is_status_1_without_a_word_from_make(self):
        self.write("wg->count = 0;", "wg->count = 1;")
        said = self.make("check", "CHAPTER=waitgroup", status=1)
        self.assertNotIn("make:", said)
        self.assertNotIn("***", said)

    @needs.solutions()
    def test_one_chapter_that_does_not_compile_stops_no_other(self):
        self.write("wg->count = 0;", "wg->count = ;")
        said = self.make("check", status=1)
        self.assertIn("build        chapters/0-waitgroup/waitgroup.c", said)
        self.assertIn("todo         8 steps", said)
        self.assertIn("1 file could not be tested\n", said)
        self.assertRegex(said, r"Next:  waitgroup  .*\n +chapters/0-waitgroup/waitgroup.c:\d+\n")
        tests = [t for step in self.results()["chapters"][0]["steps"] for t in step["tests"]]
        self.assertEqual(self.results()["score"]["attempted_failures"], len(tests))

    def test_a_missing_return_is_told_at_its_line(self):
        self.write("    return waitgroup_add(wg, -1);\n", "    (void)waitgroup_add(wg, -1);\n")
        said = " ".join(self.make("check", "CHAPTER=waitgroup", status=1).split())
        self.assertRegex(said, "non-void function")
        self.assertIn("in waitgroup_done()", said)

    def test_one_failure_is_shown_whole(self):
        self.write("delta < 0 ? wg->count + delta < 0 :", "delta < 0 ? 0 :")
        said = self.make("check", "CHAPTER=waitgroup", status=1)
        self.assertEqual(said.count("        expected  "), 1, said)
        self.assertGreater(len(re.findall(r"(?m)^    wrong ", said)), 2)
        self.assertRegex(said, r"For another one:\n +make check TEST=waitgroup/\w+\n")
        self.assertIn("The mistake may stand in another step", said)

    @needs.solutions()
    def test_one_step(self):
        self.write()
        by_name = self.make("check", "STEP=waitgroup.3")
        by_number = self.make("check", "CHAPTER=0", "STEP=3")
        self.assertEqual(by_name, by_number)
        self.assertIn("Score: 6 of 6 points", by_name)
        self.assertIn("Next:  waitgroup.4 ", by_name)

    def test_a_low_limit_of_descriptors_is_raised(self):
        self.write()
        folder = shlex.quote(str(self.folder))
        done = subprocess.run(
            ["bash", "-c", f"ulimit -S -n 128; cd {folder}; make check STEP=waitgroup.3"],
            env=here.PLAIN, text=True, stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip
        self.assertIn("Score: 6 of 6 points", done.stdout)

    def test_the_next_chapter_comes_next(self):
        self.write()
        said = self.make("check", "CHAPTER=waitgroup")
        self.assertIn("Next:  runner.1 ", said)

    def test_who_reads_may_stop(self):
        done = subprocess.run(
            "make -s check | head -n 1; exit ${PIPESTATUS[0]}", shell=True, executable="/bin/bash",
            cwd=self.folder, env=here.PLAIN, text=True, stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip
        self.assertEqual((done.stdout.count("\n"), done.stderr), (1, ""))

    def test_a_choice_in_small_letters_is_told(self):
        self.assertIn("step= has no meaning here", self.make("check", "step=3", status=2))

    def test_an_interleaving_is_shown(self):
        self.write("    while (wg->count != 0", "    if (wg->count != 0")
        test = "waitgroup/work_is_visible_after_wait"
        said = self.make("check", f"TEST={test}", status=1)
        shown = textwrap.indent(f"$ make check TEST={test}\n" + said.strip("\n"), "    ")
        self.assertIn(shown, README.read_text())

    @needs.solutions()
    def test_one_test(self):
        self.write()
        said = self.make("check", "TEST=waitgroup/done_takes_one_away")
        self.assertEqual(len(re.findall(r"(?m)^    pass", said)), 1)

    def test_the_environment_is_status_2_and_no_score(self):
        fake = self.folder / "fake"
        fake.mkdir(exist_ok=True)
        (fake / "gcc").write_text(
            '#!/bin/sh\ncase "$*" in *"-o build/common"*) echo cannot >&2; exit 1 ;; esac\n'
            f'exec {shutil.which("gcc")} "$@"\n')  # fmt: skip
        (fake / "gcc").chmod(0o755)
        shutil.rmtree(self.folder / "build", ignore_errors=True)
        path = f"PATH={fake}:{os.environ['PATH']}"
        said = self.make("check", path, status=2)
        self.assertNotIn("Score", said)
        self.assertIn("What to do: make doctor", said)


class Builds(Check):
    def test_nothing_is_built_twice(self):
        self.make("binaries")
        self.assertEqual(self.made(), [])

    def test_a_file_that_is_put_back_is_the_one_that_is_graded(self):
        """It is older than what was made of the file that stood in its place."""
        path = self.folder / "chapters/0-waitgroup/waitgroup.c"
        self.write()
        right = path.read_bytes()
        self.write("delta < 0 ? wg->count + delta < 0 :", "delta < 0 ? 0 :")
        self.make("check", "CHAPTER=waitgroup", status=1)
        path.write_bytes(right)
        os.utime(path, (0, 0))
        self.assertIn("Score: 100 of 100", self.make("check", "CHAPTER=waitgroup"))

    def test_an_edit_builds_what_depends_on_it(self):
        self.make("binaries")
        self.touch(CHAPTER)
        made = self.made()
        self.assertIn("waitgroup.admit.json", made)
        self.assertEqual({name.split(".")[0] for name in made}, {"waitgroup"})

    def test_a_header_builds_what_includes_it(self):
        self.make("binaries")
        self.touch("chapters/2-pool/pool.h")
        made = [name for name in self.made() if not name.endswith(".json")]
        expected = ["demo-pool.o", "pool.explored", "pool.o", "pool_test.o"]
        self.assertEqual(sorted(set(made)), expected)

    def touch(self, name):
        os.utime(self.folder / name)

    def made(self):
        """Names of the files that `make binaries` makes now."""
        before = self.times()
        self.make("binaries", "-j2")
        return [path.name for path, when in self.times().items() if before.get(path) != when]

    def times(self):
        build = self.folder / "build"
        kinds = (".o", ".explored", ".json")
        return {p: p.stat().st_mtime_ns for p in build.rglob("*") if p.suffix in kinds}


class Words(Check):
    """A wrong value is answered with the right ones, in one line."""

    def refused(self, *words, line):
        said = self.make(*words, status=2)
        self.assertEqual(len([text for text in said.splitlines() if text]), 1, said)
        self.assertRegex(said, line)

    def test_chapter(self):
        for verb in ("check", "demo", "reset", "hint", "logs"):
            with self.subTest(verb):
                self.refused(verb, "CHAPTER=pol", line="'pol'.*waitgroup runner pool work")

    def test_test(self):
        self.refused("check", "TEST=pool/nix", line="pool/nix'; the nearest: pool/.*manifest.py names tests")
        self.refused("check", "TEST=nix", line="no test.*'nix'; the nearest: .*manifest.py names tests")

    def test_compiler(self):
        self.refused("check", "CC=nocc", line="nocc.*gcc")

    def test_folder(self):
        self.refused("check", "IMPL=nowhere", line="nowhere.*chapters")

    def test_more_tests(self):
        self.refused("check", "TESTS=nowhere", line="nowhere/manifest.json")

    def test_a_chapter_is_needed(self):
        for verb in ("demo", "reset"):
            with self.subTest(verb):
                self.refused(verb, line="CHAPTER=.*waitgroup runner pool work")

    def test_help_names_every_verb(self):
        said = self.make("help")
        self.assertEqual(said, self.make())
        for verb in (
            "setup doctor check demo examples logs hint reset skeletons listings format test clean help handout"
        ).split():
            self.assertRegex(said, rf"(?m)^make {verb} +\w")

    def test_the_readme_names_verbs_and_files_that_exist(self):
        said, makefile = README.read_text(), (self.folder / "Makefile").read_text()
        verbs = set(re.findall(r"\bmake ([a-z]+)\b", said))
        self.assertIn("check", verbs)
        for verb in verbs:
            self.assertRegex(makefile, rf"(?m)^{verb}:")
        anchors = {
            "#" + re.sub(r"[^a-z0-9 ]", "", line.lstrip("# ").lower()).replace(" ", "-")
            for line in (self.folder / "book.md").read_text().splitlines()
            if line.startswith("#")
        }
        for link in re.findall(r"\]\(([^)]*)\)", said):
            name, _, anchor = link.partition("#")
            self.assertTrue((self.folder / name).exists(), link)
            self.assertTrue(not anchor or f"#{anchor}" in anchors, link)

    def test_chapters_of_make_and_of_the_manifest(self):
        said = (self.folder / "Makefile").read_text()
        manifest = json.loads((self.folder / "tests/manifest.json").read_text())
        names = [chapter["name"] for chapter in manifest["chapters"]]
        self.assertIn(f"CHAPTERS := {' '.join(names)}\n", said)
        flags = (self.folder / "compile_flags.txt").read_text()
        for chapter in manifest["chapters"]:
            self.assertIn(f"folder_{chapter['name']} := {chapter['folder']}\n", said)
            self.assertIn(f"-Ichapters/{chapter['folder']}\n", flags)


class Verbs(Check):
    def test_demo_of_the_first_chapter_runs_its_examples(self):
        said = self.make("demo", "CHAPTER=waitgroup")
        self.assertIn("03-mutex:\ncounted to 2000000 of 2000000", said)

    def test_demo_of_an_unwritten_chapter(self):
        said = self.make("demo", "CHAPTER=pool")
        self.assertIn("is not written yet", said)

    def test_hint_grows(self):
        first, second = self.make("hint"), self.make("hint")
        self.assertNotEqual(first, second)

    @needs.solutions()
    def test_reset_keeps_the_file_under_a_name_that_it_prints(self):
        self.write()
        said = self.make("reset", "CHAPTER=waitgroup")
        kept = re.search(r"yours is kept as (\S+)", said)[1]
        self.assertEqual((self.folder / kept).read_bytes(), STUDENT.read_bytes())
        self.assertEqual((self.folder / CHAPTER).read_bytes(), self.skeleton)

    def test_clean_leaves_nothing(self):
        self.make("clean")
        self.assertFalse((self.folder / "build").exists())


if __name__ == "__main__":
    unittest.main()
