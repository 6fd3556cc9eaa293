"""The file of a SQLite database: private to its owner, and watched for deletion or replacement while open."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from pathlib import Path

from storage import private

# SQLite's companion files, which inherit the file's permissions on creation
BESIDE = ("-wal", "-shm", "-journal")
Identity = tuple[int, int]


@dataclass
class DatabaseFile:
    """The path of a database, and the identity of its file when it was first opened."""

    path: Path
    _opened: Identity | None = None
    _prepared: bool = field(default=False, init=False)

    def prepare(self) -> None:
        """Create the file if necessary, and make it and its companions private; once per process.

        Raises:
            OSError: the file cannot be created.
        """
        if self._prepared:
            return
        if self.path.exists() and not self.path.is_file():
            # a folder or a device is not made private
            raise OSError(errno.EINVAL, "it is no ordinary file", str(self.path))
        private.make(self.path)
        for ending in BESIDE:
            private.tighten(Path(f"{self.path}{ending}"))
        self._opened, self._prepared = self._present(), True

    def trouble(self) -> str | None:
        """Return the reason why the open file is no longer the one at the path; None if it is."""
        if self._opened is None:
            return None
        present = self._present()
        if present == self._opened:
            return None
        return "was deleted" if present is None else "was replaced by another file"

    def _present(self) -> Identity | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
