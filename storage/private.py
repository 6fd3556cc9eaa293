"""Private files and folders: readable by their owner only, never written through a link or over foreign files."""

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
    """A file that cannot be written.

    Attributes:
        problem: the system's message, if ``why`` is ``unwritable``.
    """

    def __init__(self, path: Path, why: Why, problem: str = "") -> None:
        super().__init__(f"{path}: {why} {problem}".strip())
        self.path, self.why, self.problem = path, why, problem


# --- who may read ---------------------------------------------------------------------------------------------------------


def make(path: Path) -> None:
    """Create an empty private file; an existing one stays and becomes private.

    Raises:
        OSError: the file cannot be created.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE)
    except FileExistsError:
        tighten(path)
        return
    try:
        # an umask removes permissions, even the owner's
        os.fchmod(handle, FILE)
    finally:
        os.close(handle)


def tighten(path: Path) -> None:
    """Make a file private if it is not; log it if that fails."""
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
    """Append to a private file, and flush it to the disk.

    Raises:
        OSError: the path is a link or no file, or is not writable.
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
    """Yield a temporary file beside the target, which replaces the target when it is complete.

    Args:
        may_replace: returns True if an existing regular file may be replaced.

    Raises:
        CannotWrite: something else exists there, or the path is not writable.
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
    """Create an empty private file beside another."""
    while True:
        # mkstemp creates it readable by its owner only
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
    """Give a complete file its name; if there was none before, a file that appeared meanwhile is not replaced."""
    if path.exists():
        os.replace(part, path)
        return
    try:
        take_free_name(part, path)
    except FileExistsError:
        raise CannotWrite(path, "exists") from None


def take_free_name(part: Path, path: Path) -> None:
    """Give a complete file an unused name.

    Raises:
        FileExistsError: the name is in use.
        OSError: the file cannot be renamed.
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
    """Yield a temporary folder, after removing leftovers of killed processes under this name.

    A lock on each folder shows whether its process is alive, so that folders in use are never removed.
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
        # another process may sweep it before it is open or locked
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            if _claim(handle, path):
                return path, handle
            os.close(handle)


def sweep(prefix: str) -> None:
    """Remove this user's folders of this name that no process uses."""
    _sweep(Path(tempfile.gettempdir()), f"{prefix}*", shutil.rmtree)


def _sweep(where: Path, pattern: str, remove: Callable[[Path], object]) -> None:
    for path in where.glob(pattern):
        # continue after any failure: the folder may belong to somebody else, or be gone
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
    """Lock an open file or folder, and return True if that succeeded; the process holds the lock until it ends."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _claim(handle: int, path: Path) -> bool:
    """Return True if the new folder is safely locked; on a file system without locks nobody sweeps it either."""
    try:
        return _lock(handle) and path.exists()
    except OSError:
        return True
