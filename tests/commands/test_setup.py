"""tools/setup on machines that are not at hand, played by fake commands.

No package manager but the fake ones is ever called: PATH leads to the play's
own folder and nowhere else.
"""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REAL = ("bash", "cat", "cut", "env", "sed", "sort", "tr")
FAKE_GCC = """#!/bin/sh
case "$*" in *-fsanitize*) exit {sanitizers} ;; *-E*) exit 0 ;; esac
"""
# Plays installing: the commands appear beside it.
FAKE_INSTALLER = """#!/bin/sh
echo "$(basename "$0") $*" >>"{folder}/called"
[ "$1" = update ] && exit 0
for name in gcc make python3 eu-stack nm setarch git; do
    printf '#!/bin/sh\\n' >"{folder}/bin/$name"
    chmod +x "{folder}/bin/$name"
done
"""


class Play(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "bin").mkdir()
        for name in REAL:
            os.symlink(shutil.which(name), self.folder / "bin" / name)
        for name in ("basename", "chmod"):
            os.symlink(shutil.which(name), self.folder / "bin" / name)
        self.system("debian")
        self.fake("uname", "#!/bin/sh\necho Linux\n")
        self.fake("ldd", "#!/bin/sh\necho 'ldd (GNU libc) 2.36'\n")
        self.user(0)

    def system(self, name, like=""):
        (self.folder / "os-release").write_text(f'ID={name}\nID_LIKE="{like}"\n')

    def user(self, number):
        self.fake("id", f"#!/bin/sh\necho {number}\n")

    def fake(self, name, text):
        path = self.folder / "bin" / name
        path.write_text(text.replace("{folder}", str(self.folder)))
        path.chmod(0o755)

    def installer(self, *names):
        for name in names:
            self.fake(name, FAKE_INSTALLER)
        self.fake("apt-cache", "#!/bin/sh\nexit 0\n")

    def setup(self, *arguments, status=0, **variables):
        done = subprocess.run(
            [self.folder / "bin/bash", ROOT / "tools/setup", *arguments],
            env={"PATH": str(self.folder / "bin"), "OS_RELEASE": str(self.folder / "os-release"),
                 **variables},
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def called(self):
        path = self.folder / "called"
        return path.read_text().splitlines() if path.exists() else []


class WhatIsMissing(Play):
    def test_each_is_named_with_its_purpose(self):
        said = self.setup("--dry-run", status=2)
        self.assertRegex(said, r"(?m)^  make  +runs every command")
        self.assertRegex(said, r"(?m)^  eu-stack  +says where")
        self.assertNotIn("clang", said)

    def test_all_adds_the_second_compiler(self):
        said = self.setup("--dry-run", "--all", status=2)
        self.assertRegex(said, r"(?m)^  clang  +second compiler")

    def test_dry_run_installs_nothing(self):
        self.installer("apt-get")
        self.setup("--dry-run", status=2)
        self.assertEqual(self.called(), [])

    def test_what_is_there_is_left_alone(self):
        self.fake("make", "#!/bin/sh\n")
        said = self.setup("--dry-run", status=2)
        self.assertNotIn("make", said.split("To install it:")[1])

    def test_a_compiler_without_its_sanitizers(self):
        self.system("fedora")
        self.fake("gcc", FAKE_GCC.format(sanitizers=1))
        said = self.setup("--dry-run", status=2)
        self.assertIn("libasan libtsan libubsan", said)
        self.assertNotIn(" gcc ", said.split("To install it:")[1])


class Systems(Play):
    def install(self, *arguments, status=0):
        self.setup(*arguments, status=status)
        return self.called()

    def test_debian(self):
        self.installer("apt-get")
        update, install = self.install()
        self.assertIn("update", update)
        self.assertIn("--no-install-recommends binutils elfutils gcc git", install)

    def test_ubuntu_is_like_debian(self):
        self.system("ubuntu", like="debian")
        self.installer("apt-get")
        self.assertIn("apt-get install", self.install()[1])

    def test_a_package_that_apt_does_not_know_is_not_asked_for(self):
        self.installer("apt-get")
        self.fake("apt-cache", '#!/bin/sh\n[ "$2" != libclang-rt-dev ]\n')
        install = self.install("--all", status=2)[1]  # clang is not played
        self.assertIn(" clang ", install)
        self.assertNotIn("libclang-rt-dev", install)

    def test_fedora(self):
        self.system("fedora")
        self.installer("dnf")
        (install,) = self.install()
        self.assertIn("dnf install -y binutils elfutils gcc git libasan libtsan", install)

    def test_arch(self):
        self.system("manjaro", like="arch")
        self.installer("pacman")
        (install,) = self.install()
        self.assertIn("pacman -S --needed --noconfirm binutils elfutils gcc", install)

    def test_another_system(self):
        self.system("gentoo")
        said = self.setup(status=2)
        self.assertIn("does not know this system's packages", said)
        self.assertIn(".devcontainer", said)

    def test_musl_has_no_thread_sanitizer(self):
        self.fake("ldd", "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n")
        said = self.setup(status=2)
        self.assertIn("musl, for which there is no ThreadSanitizer", said)

    def test_not_linux(self):
        self.fake("uname", "#!/bin/sh\necho Darwin\n")
        self.assertIn("needs Linux; this is Darwin", self.setup(status=2))


class Root(Play):
    def test_sudo_where_it_is_needed(self):
        self.user(1000)
        self.installer("apt-get")
        self.fake("sudo", '#!/bin/sh\necho "sudo $1" >>"{folder}/called"\nshift\nexec "$@"\n')
        self.setup()
        self.assertIn("sudo -n", self.called())  # nobody is there to type a password

    def test_a_person_is_asked_first(self):
        self.user(1000)
        self.installer("apt-get")
        self.fake("sudo", '#!/bin/sh\nexec "$@"\n')
        said = self.at_a_terminal("n\n")
        self.assertIn("Run this now? [Y/n]", said)
        self.assertIn("nothing was installed", said)
        self.assertEqual(self.called(), [])

    def at_a_terminal(self, typed):
        """What setup says to a person who types this."""
        ours, theirs = os.openpty()
        os.write(ours, typed.encode())
        process = subprocess.Popen(
            [self.folder / "bin/bash", ROOT / "tools/setup"],
            env={"PATH": str(self.folder / "bin"), "OS_RELEASE": str(self.folder / "os-release")},
            stdin=theirs, stdout=theirs, stderr=theirs,
        )  # fmt: skip
        process.wait(timeout=20)
        said = os.read(ours, 65536).decode()
        os.close(ours)
        os.close(theirs)
        return said

    def test_neither_root_nor_sudo(self):
        self.user(1000)
        said = self.setup(status=2)
        self.assertIn("As root, run:\n  apt-get install", said)

    def test_a_failed_installation(self):
        self.fake("apt-get", "#!/bin/sh\nexit 1\n")
        self.fake("apt-cache", "#!/bin/sh\nexit 0\n")
        self.assertIn("the installation failed", self.setup(status=2))

    def test_still_missing_afterwards(self):
        self.fake("apt-get", "#!/bin/sh\nexit 0\n")
        self.fake("apt-cache", "#!/bin/sh\nexit 0\n")
        self.assertIn("still missing after the installation", self.setup(status=2))

    def test_an_unknown_word(self):
        self.assertIn("does not know '--most'", self.setup("--most", status=2))


if __name__ == "__main__":
    unittest.main()
