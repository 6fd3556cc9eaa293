"""The file of a SQLite database: its owner's alone, and watched, because an open file can be deleted or replaced by another."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from storage import private

# what SQLite keeps beside it; it gives these the rights that the file has when it makes them
BESIDE = ("-wal", "-shm", "-journal")
Identity = tuple[int, int]


@dataclass
class DatabaseFile:
    """Where a database is, and which file that was when it was first opened."""

    path: Path
    _opened: Identity | None = None
    _prepared: bool = field(default=False, init=False)

    def prepare(self) -> None:
        """Make the file if there is none, and close it and what stands beside it to others; once a process.

        Raises:
            OSError: it cannot be made.
        """
        if self._prepared:
            return
        private.make(self.path)
        for ending in BESIDE:
            private.tighten(Path(f"{self.path}{ending}"))
        self._opened, self._prepared = self._present(), True

    def trouble(self) -> str | None:
        """Why what is open is not what stands at the path any more; None if it is."""
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
