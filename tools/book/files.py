"""Reading and writing files so that nothing of a student's is ever lost."""

import datetime
import hashlib
import os
import tempfile
from pathlib import Path

from errors import BookError

ROOT = Path(__file__).resolve().parents[2]


def shown(path, root=ROOT):
    """A path as a person wants to read it: relative to the workbook if inside."""
    try:
        return os.fspath(Path(path).resolve().relative_to(Path(root).resolve()))
    except ValueError:
        return os.fspath(path)


def read_text(path, root=ROOT):
    """A text file's content, or a one-line error that names the file."""
    data = read_bytes(path, root)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BookError("is not UTF-8 text", shown(path, root), line) from None


def read_bytes(path, root=ROOT):
    """A file's bytes, or a one-line error that names the file."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BookError(f"cannot be read: {error.strerror}", shown(path, root)) from None


def digest(data):
    """The hash by which skeletons are recognised."""
    return hashlib.sha256(data).hexdigest()


def write_whole(path, data, mode=None):
    """Replace a file in one step: readers see the old or the new, never half."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def keep_copy(path, today=None):
    """Copy a file to the first free `NAME.DATE-N` beside it and return its path.

    The name is claimed by creating it, so an earlier copy is never overwritten,
    not even by a second command that runs at the same time.
    """
    path = Path(path)
    data = path.read_bytes()
    today = today or datetime.date.today().isoformat()
    number = 1
    while True:
        copy = path.with_name(f"{path.name}.{today}-{number}")
        try:
            handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            break
        except FileExistsError:
            number += 1
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return copy


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
