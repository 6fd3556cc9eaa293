"""Files and folders of ours: their owner's alone, whatever the umask; none is written through a link or over what is another's."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

log = logging.getLogger(__name__)

FILE, FOLDER = 0o600, 0o700
OTHERS = 0o077
_PART = ".riskbot-part"
Why = Literal["exists", "link", "folder", "not_a_file", "unwritable"]


class CannotWrite(Exception):
    """A file is not written.

    Attributes:
        problem: what the system says, where ``why`` is ``unwritable``.
    """

    def __init__(self, path: Path, why: Why, problem: str = "") -> None:
        super().__init__(f"{path}: {why} {problem}".strip())
        self.path, self.why, self.problem = path, why, problem


# --- who may read ---------------------------------------------------------------------------------------------------------


def make(path: Path) -> None:
    """Make an empty file that nobody else reads; one that is there stays, and is closed to others.

    Raises:
        OSError: it cannot be made.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE)
    except FileExistsError:
        tighten(path)
        return
    try:
        # an umask takes rights away, from the owner too
        os.fchmod(handle, FILE)
    finally:
        os.close(handle)


def tighten(path: Path) -> None:
    """Close a file to others if it is open to them; what cannot be closed is named in the log."""
    with suppress(FileNotFoundError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & OTHERS:
            return
        try:
            path.chmod(mode & ~OTHERS)
        except OSError as error:
            log.warning("%s can be read by others (mode %o), and its mode cannot be changed: %s", path, mode, error.strerror)
        else:
            log.warning("%s could be read by others (mode %o); now it is its owner's alone", path, mode)


def append(path: Path, text: str) -> None:
    """Append to a file that nobody else reads, and let it reach the disk.

    Raises:
        OSError: it is a link or no file, or cannot be written.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link; name the file itself", str(path))
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags, FILE)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
        os.fchmod(handle, FILE)
        written = text.encode()
        while written:
            written = written[os.write(handle, written) :]
        os.fsync(handle)
    finally:
        os.close(handle)


# --- a file as a whole ----------------------------------------------------------------------------------------------------


@contextmanager
def whole_file(path: Path, *, may_replace: Callable[[Path], bool]) -> Iterator[IO[bytes]]:
    """Write a file under a name beside the wanted one, which it takes when it is complete.

    Args:
        may_replace: whether a regular file that is there may go.

    Raises:
        CannotWrite: something else is there, or it cannot be written.
    """
    _refuse_what_is_there(path, may_replace)
    try:
        _sweep(path.parent, f".*{_PART}", Path.unlink)
        handle, name = _part(path)
    except OSError as error:
        raise CannotWrite(path, "unwritable", error.strerror or str(error)) from None
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(handle)
            _refuse_what_is_there(path, may_replace)
            _take_name(Path(name), path)
    except OSError as error:
        raise CannotWrite(path, "unwritable", error.strerror or str(error)) from None
    finally:
        Path(name).unlink(missing_ok=True)


def _part(path: Path) -> tuple[int, str]:
    """An empty file beside another, which is ours alone."""
    while True:
        # readable by its owner alone, by the nature of mkstemp
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PART, dir=path.parent)
        os.fchmod(handle, FILE)
        if _claim(handle, Path(name)):
            return handle, name
        os.close(handle)


def _refuse_what_is_there(path: Path, may_replace: Callable[[Path], bool]) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotWrite(path, "unwritable", error.strerror or str(error)) from None
    if stat.S_ISLNK(mode):
        raise CannotWrite(path, "link")
    if stat.S_ISDIR(mode):
        raise CannotWrite(path, "folder")
    if not stat.S_ISREG(mode):
        raise CannotWrite(path, "not_a_file")
    if not may_replace(path):
        raise CannotWrite(path, "exists")


def _take_name(part: Path, path: Path) -> None:
    """Give a complete file its name; where none was there, none that has appeared meanwhile is replaced."""
    if path.exists():
        os.replace(part, path)
        return
    try:
        take_free_name(part, path)
    except FileExistsError:
        raise CannotWrite(path, "exists") from None


def take_free_name(part: Path, path: Path) -> None:
    """Give a complete file a name that nobody else has by now.

    Raises:
        FileExistsError: somebody has.
        OSError: it cannot be renamed.
    """
    try:
        os.link(part, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # a file system without hard links
        os.rename(part, path)


# --- folders that do not outlive a process --------------------------------------------------------------------------------


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A folder for as long as it is needed; what processes that were killed have left of this name is removed first.

    A lock on each says whether its process lives, so that nobody's work is taken from under them.
    """
    sweep(prefix)
    path, handle = _claimed_folder(prefix)
    try:
        os.fchmod(handle, FOLDER)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(handle)


def _claimed_folder(prefix: str) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix))
        # somebody who sweeps may be faster, before it is open or before it is locked
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            if _claim(handle, path):
                return path, handle
            os.close(handle)


def sweep(prefix: str) -> None:
    """Remove the folders of this name that belong to us and to no process."""
    _sweep(Path(tempfile.gettempdir()), f"{prefix}*", shutil.rmtree)


def _sweep(where: Path, pattern: str, remove: Callable[[Path], object]) -> None:
    for path in where.glob(pattern):
        # whatever goes wrong with one is no reason not to go on: it may be somebody else's, or gone
        with suppress(OSError):
            if path.is_symlink() or path.lstat().st_uid != os.geteuid():
                continue
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                if _lock(handle):
                    remove(path)
                    log.info("%s was left by a process that was killed, and is removed", path)
            finally:
                os.close(handle)


def _lock(handle: int) -> bool:
    """Whether the lock of an open file or folder was to be had; it goes with the process."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _claim(handle: int, path: Path) -> bool:
    """Whether what was just made is ours for good; where a file system has no locks, nobody sweeps it either."""
    try:
        return _lock(handle) and path.exists()
    except OSError:
        return True
