"""Pulling a new version of the workbook keeps a student's work, by git."""

import subprocess
import unittest

import here

SKELETON = "chapters/1-adder/adder.c"
STEP_1 = """\
    return step_todo("adder.1", a, b, twice);
"""
SOLVED_1 = """\
    int total = a + b;

    return total;
"""


class Pull(here.Workbook):
    """`upstream` is the workbook's repository, `root` the student's clone."""

    def setUp(self):
        super().setUp()
        self.upstream = self.root
        self.git(self.upstream, "init", "-q", "-b", "main")
        self.commit(self.upstream, "Begin")
        self.tool("skeletons.py", "write")
        self.commit(self.upstream, "Skeletons")
        self.root = self.upstream.parent / "student"
        self.git(self.upstream, "clone", "-q", str(self.upstream), str(self.root))

    def git(self, where, *arguments):
        settings = ["user.name=A", "user.email=a@example.org", "commit.gpgsign=false"]
        options = [word for setting in settings for word in ("-c", setting)]
        done = subprocess.run(
            ["git", "-C", where, *options, *arguments], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def commit(self, where, message):
        self.git(where, "add", "-A")
        self.git(where, "commit", "-qm", message)

    def solve_step_1(self):
        text = self.read(SKELETON)
        self.assertIn(STEP_1, text)
        self.put(SKELETON, text.replace(STEP_1, SOLVED_1))

    def publish(self):
        """Upstream says more about step 2, in the same skeleton."""
        student, self.root = self.root, self.upstream
        more = here.ADDER.replace("Double it.", "Double it, once.")
        self.put("solutions/1-adder/adder.c", more)
        self.tool("skeletons.py", "write")
        self.commit(self.upstream, "Say more about step 2")
        self.root = student

    def both_are_there(self):
        text = self.read(SKELETON)
        self.assertIn(SOLVED_1, text)
        self.assertIn("TODO adder.2: Double it, once.", text)
        self.assertNotIn("<<<<", text)
        self.assertIn("so committed", self.tool("skeletons.py", "check"))

    def test_committed_work(self):
        self.solve_step_1()
        self.commit(self.root, "My step 1")
        self.publish()
        self.git(self.root, "pull", "-q", "--no-rebase", "--no-edit")
        self.both_are_there()

    def test_committed_work_rebased(self):
        self.solve_step_1()
        self.commit(self.root, "My step 1")
        self.publish()
        self.git(self.root, "pull", "-q", "--rebase")
        self.both_are_there()

    def test_uncommitted_work(self):
        self.solve_step_1()
        self.publish()
        self.git(self.root, "pull", "-q", "--rebase", "--autostash")
        self.both_are_there()

    def test_reset_after_the_pull(self):
        self.solve_step_1()
        self.publish()
        self.git(self.root, "pull", "-q", "--rebase", "--autostash")
        printed = self.tool("skeletons.py", "reset", "adder")
        self.assertIn("TODO adder.2: Double it, once.", self.read(SKELETON))
        self.assertIn("TODO adder.1", self.read(SKELETON))
        kept = printed.split("kept as ")[1].strip()
        self.assertIn(SOLVED_1, self.read(kept))

    def test_make_skeletons_keeps_work_too(self):
        self.solve_step_1()
        printed = self.tool("skeletons.py", "write")
        kept = printed.split("kept as ")[1].strip()
        self.assertIn(SOLVED_1, self.read(kept))


if __name__ == "__main__":
    unittest.main()
