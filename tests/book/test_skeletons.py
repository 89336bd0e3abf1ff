"""Skeletons: written, recorded, checked for drift, and put back."""

import subprocess
import threading
import unittest

import here  # first: it puts the tools on the path
import files

SKELETON = "chapters/1-adder/adder.c"
MINE = "int mine;\n"


class Skeletons(here.Workbook):
    def write(self, *arguments, status=0):
        return self.tool("skeletons.py", "write", *arguments, status=status)

    def copies(self):
        """What is kept beside the skeleton."""
        return sorted(p.name for p in (self.root / SKELETON).parent.glob("adder.c.*"))


class Write(Skeletons):
    def test_written_and_recorded(self):
        self.assertIn(f"{SKELETON}: written", self.write())
        self.assertIn("TODO adder.1: Add", self.read(SKELETON))
        self.assertIn('"1-adder/adder.c"', self.read("tools/book/skeletons.json"))
        self.assertIn("as it was", self.write())
        self.assertEqual(self.copies(), [])

    def test_an_untouched_file_is_replaced(self):
        self.write()
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("Double it", "Twice"))
        self.assertIn("written anew", self.write())
        self.assertIn("TODO adder.2: Twice.", self.read(SKELETON))
        self.assertEqual(self.copies(), [])

    def test_a_touched_file_is_kept(self):
        self.write()
        self.put(SKELETON, MINE)
        printed = self.write()
        self.assertEqual(len(self.copies()), 1)
        self.assertIn(f"yours is kept as chapters/1-adder/{self.copies()[0]}", printed)
        self.assertEqual(self.read(f"chapters/1-adder/{self.copies()[0]}"), MINE)

    def test_line_ends_alone_are_no_touch(self):
        self.write()
        path = self.root / SKELETON
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        self.write()
        self.assertNotIn(b"\r", path.read_bytes())
        self.assertEqual(self.copies(), [])

    def test_into_another_folder(self):
        self.write("--into", self.root / "build/skeletons")
        self.assertIn("TODO", self.read("build/skeletons/1-adder/adder.c"))
        self.assertFalse((self.root / "chapters").exists())
        before = (self.root / "build/skeletons/1-adder/adder.c").stat().st_mtime_ns
        self.write("--into", self.root / "build/skeletons")
        after = (self.root / "build/skeletons/1-adder/adder.c").stat().st_mtime_ns
        self.assertEqual(before, after)

    def test_marker_errors_name_file_and_line(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("//< adder.2: return", "//"))
        error = self.write(status=1)
        self.assertRegex(error, r"^solutions/1-adder/adder\.c:32: region adder\.2 is never closed\n$")
        self.assertFalse((self.root / SKELETON).exists())

    def test_unknown_step(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("adder.2", "adder.3"))
        error = self.write(status=1)
        self.assertIn("adder.c:27: no step is called 'adder.3'; there are: adder.1", error)

    def test_region_that_leaves_no_call(self):
        broken = here.ADDER.replace('(void)step_todo("adder.2", twice);', "(void)0;")
        self.put("solutions/1-adder/adder.c", broken)
        error = self.write(status=1)
        self.assertIn('no region of adder.2 leaves a step_todo("adder.2") behind', error)

    def test_a_missing_solution(self):
        (self.root / "solutions/1-adder/adder.c").unlink()
        error = self.write(status=1)
        self.assertEqual(
            error, "solutions/1-adder/adder.c: cannot be read: No such file or directory\n"
        )

    def test_a_binary_solution(self):
        (self.root / "solutions/1-adder/adder.c").write_bytes(b"int a;\n\xff\xfe\n")
        self.assertIn("adder.c:2: is not UTF-8 text", self.write(status=1))


class Reset(Skeletons):
    def setUp(self):
        super().setUp()
        self.write()

    def reset(self, *arguments, status=0):
        return self.tool("skeletons.py", "reset", *arguments, status=status)

    def test_untouched(self):
        self.assertEqual(self.reset("adder"), f"{SKELETON} is untouched: nothing to do\n")
        self.assertEqual(self.copies(), [])

    def test_touched(self):
        pristine = self.read(SKELETON)
        for number in (1, 2, 3):
            self.put(SKELETON, MINE * number)
            self.reset("adder")
            self.assertEqual(self.read(SKELETON), pristine)
        names = self.copies()
        self.assertEqual([name[-2:] for name in names], ["-1", "-2", "-3"])
        for number, name in enumerate(names, 1):
            self.assertEqual(self.read(f"chapters/1-adder/{name}"), MINE * number)

    def test_by_the_folders_name_too(self):
        self.assertIn("untouched", self.reset("1-adder"))

    def test_deleted_file_comes_back(self):
        (self.root / SKELETON).unlink()
        self.assertEqual(self.reset("adder"), f"{SKELETON}: written\n")

    def test_binary_file_is_kept_byte_for_byte(self):
        (self.root / SKELETON).write_bytes(b"\x00\xff\r\n")
        self.reset("adder")
        copy = self.root / "chapters/1-adder" / self.copies()[0]
        self.assertEqual(copy.read_bytes(), b"\x00\xff\r\n")

    def test_unknown_chapter(self):
        error = self.reset("pool", status=2)
        self.assertEqual(error, "no chapter is called 'pool'; there are: adder\n")

    def test_the_solutions_are_not_for_it(self):
        before = self.read("solutions/1-adder/adder.c")
        self.assertIn("not for the solutions", self.reset("adder", "--impl", "solutions", status=2))
        self.assertEqual(self.read("solutions/1-adder/adder.c"), before)

    def test_another_folder(self):
        self.put("mine/1-adder/adder.c", MINE)
        self.assertIn("kept as mine/1-adder/adder.c.", self.reset("adder", "--impl", "mine"))
        self.assertIn("there is no folder yours", self.reset("adder", "--impl", "yours", status=2))

    def test_unreadable_file(self):
        path = self.root / SKELETON
        path.unlink()
        path.mkdir()
        error = self.reset("adder", status=1)
        self.assertEqual(error, f"{SKELETON}: cannot be read: Is a directory\n")

    def test_without_solutions_the_packed_skeletons_serve(self):
        pristine = self.read(SKELETON)
        self.put("tools/book/pristine/1-adder/adder.c", pristine)
        (self.root / "solutions/1-adder/adder.c").unlink()
        (self.root / "solutions/1-adder").rmdir()
        (self.root / "solutions").rmdir()
        self.put(SKELETON, MINE)
        self.assertIn("yours is kept", self.reset("adder"))
        self.assertEqual(self.read(SKELETON), pristine)
        self.assertIn("no solutions here", self.tool("skeletons.py", "check"))


class Copies(here.Workbook):
    def test_two_at_once_never_share_a_name(self):
        path = self.put("a.c", MINE)
        names = []
        threads = [
            threading.Thread(target=lambda: names.append(files.keep_copy(path, "2026-11-23")))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(names)), 8)
        self.assertIn(self.root / "a.c.2026-11-23-8", names)

    def test_a_file_is_replaced_whole(self):
        path = self.put("a.c", MINE)
        path.chmod(0o640)
        files.write_whole(path, b"new\n")
        self.assertEqual(path.read_bytes(), b"new\n")
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)
        self.assertEqual([p.name for p in self.root.glob("*a.c*")], ["a.c"])


class Drift(Skeletons):
    """Checked in git: maintainers' slips are found, students' work is not one."""

    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "main")
        self.commit("Begin")
        self.write()
        self.commit("Skeletons")

    def git(self, *arguments):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", self.root, *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def check(self, status=0):
        return self.tool("skeletons.py", "check", status=status)

    def test_right(self):
        self.assertEqual(self.check(), "skeletons: as recorded, and so committed\n")

    def test_a_solved_step_is_no_drift(self):
        self.put(SKELETON, MINE)
        self.assertIn("so committed", self.check())
        self.commit("My solution")
        self.assertIn("so committed", self.check())

    def test_solution_changed(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("Double it", "Twice"))
        self.assertEqual(
            self.check(status=1),
            "solutions/1-adder/adder.c: the skeleton made from it differs from the one"
            " recorded: run `make skeletons` and commit\n",
        )

    def test_solution_changed_outside_what_the_skeleton_shows(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("sum + b", "b + sum"))
        self.assertIn("so committed", self.check())

    def test_record_committed_without_its_skeletons(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("Double it", "Twice"))
        self.write()
        self.git("add", "solutions", "tools")
        self.git("commit", "-qm", "Half")
        self.assertRegex(
            self.check(status=1),
            rf"^{SKELETON}: in commit [0-9a-f]{{12}} this file is not the skeleton",
        )
        self.commit("Other half")
        self.assertIn("so committed", self.check())
        self.put(SKELETON, MINE)
        self.commit("A student's work on top of it")
        self.assertIn("so committed", self.check())

    def test_written_but_not_committed_yet(self):
        self.put("solutions/1-adder/adder.c", here.ADDER.replace("Double it", "Twice"))
        self.write()
        self.assertIn("so committed", self.check())

    def test_without_git(self):
        subprocess.run(["rm", "-rf", self.root / ".git"], check=True)
        self.assertIn("not compared with a commit", self.check())

    def test_shallow_clone_of_a_students_repository(self):
        self.put(SKELETON, MINE)
        self.commit("My solution")
        clone = self.root.parent / "clone"
        self.git("clone", "-q", "--depth=1", f"file://{self.root}", str(clone))
        self.root = clone
        self.assertIn("its history begins with files that a student may have", self.check())


if __name__ == "__main__":
    unittest.main()
