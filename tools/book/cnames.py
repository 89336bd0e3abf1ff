"""Names of C that a text may use: those of the workbook, and of the system."""

import re
import subprocess

import files

# What the workbook's code, its text or an example of it may include.
HEADERS = (
    "assert ctype errno inttypes limits math poll pthread sched semaphore setjmp signal"
    " stdatomic stdbool stddef stdint stdio stdlib string sys/mman sys/resource sys/types"
    " sys/wait threads time unistd fcntl CUnit/CUnit CUnit/TestDB linux/futex"
).split()
_WORD = re.compile(r"[A-Za-z_]\w*")
_LANGUAGE = {"_Thread_local", "_Atomic", "_Static_assert", "_Noreturn", "_Generic"}
# The sanitizers' own, which no header declares.
_RUNTIME = {"__tsan_acquire", "__tsan_release"}


class Names:
    """`name in names`: is there such a name? The system is asked when needed."""

    def __init__(self, root):
        self.root = root
        self.own = {
            word
            for folder in ("chapters", "solutions", "tests", "tools")
            for path in sorted((root / folder).rglob("*.[ch]"))
            for word in _WORD.findall(files.read_text(path, root))
        }
        self._system = None

    def __contains__(self, name):
        return name in self.own or name in _LANGUAGE | _RUNTIME or name in self.system

    @property
    def system(self):
        """Names in the system's headers: declared, or defined for the preprocessor."""
        if self._system is None:
            lines = [f"#if __has_include(<{h}.h>)\n#include <{h}.h>\n#endif\n" for h in HEADERS]
            done = subprocess.run(
                ["cc", "-E", "-dD", "-D_GNU_SOURCE", "-pthread", "-x", "c", "-"],
                input="".join(lines), capture_output=True, text=True, check=True,
            )  # fmt: skip
            self._system = set(_WORD.findall(done.stdout))
        return self._system
