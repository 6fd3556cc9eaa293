"""The head file at run time: writing this process's last end of the trail, and reading the known one at the start."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from commands.kit.i18n import Text, _
from storage.audit import rows
from storage.audit.anchoring import heads
from storage.audit.anchoring.anchors import Anchor
from storage.audit.anchoring.heads import BadHead, Kept
from storage.audit.anchoring.known import Known, identity
from storage.audit.chain import PLAIN, Key, Keys
from storage.database import Database
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# seconds between two writes, so that sealing every second need not wait for the disk
EVERY = 5.0


@dataclass
class HeadKeeper:
    """The keeper of a database's head file; any number of processes may share it.

    Args:
        name: returns the name of the anchor file, beside which it lies; empty: none.
    """

    database: Database
    keys: Keys
    name: Callable[[], str]
    clock: Clock
    kept: Kept | None = None
    _written: Kept | None = None
    _written_at: float = float("-inf")
    _trouble: Text | None = None

    def claims(self) -> list[Known]:
        """Return the known ends of the trail: of this database, and of earlier ones at its address.

        Raises:
            BadHead: the file was not written with one of the keys.
        """
        if not (name := self.name()):
            return []
        with self.database.begin(EVERYTHING) as tx:
            ours, head = identity(tx).database or "", rows.head(tx)
        try:
            self.kept = self._written = heads.read(heads.path_of(name, ours), {PLAIN: Key.of(None), **self.keys.known})
        except FileNotFoundError:
            self.kept = None
        except OSError as error:
            raise BadHead(heads.path_of(name, ours)) from error
        if self.kept is not None and self.kept.known.key == PLAIN and not (head.count and head.key_id == PLAIN):
            # once the trail has a key, a file without one proves nothing: it is from earlier times
            self.kept = None
        others = [kept.known for _path, kept in self._others(ours) if kept.known.key != PLAIN]
        return [*([self.kept.known] if self.kept else []), *others]

    def keep(self, known: Known, *, at_once: bool = False) -> None:
        """Remember this end of the trail, and write it to the file every few seconds."""
        self.kept = replace(self.kept, known=known) if self.kept else Kept(known, self.database.place)
        if self.kept != self._written and (at_once or self.clock.monotonic() - self._written_at >= EVERY):
            self._write(self.kept)

    def verified(self, to: Anchor, *, whole_at: datetime | None) -> None:
        """Remember the last verified link; ``whole_at`` if the verification was from the beginning."""
        if self.kept is not None:
            self.kept = replace(self.kept, verified=to, whole_at=whole_at or self.kept.whole_at)
            self._write(self.kept)

    def put_others_aside(self) -> None:
        """Retire head files of earlier databases at this address, after a person has accepted their loss."""
        with self.database.begin(EVERYTHING) as tx:
            ours = identity(tx).database or ""
        for path, _kept in self._others(ours):
            log.warning("another database was at this address; its head file is put aside", extra={"file": str(path)})
            try:
                heads.retire(path)
            except FileNotFoundError:
                # another replica was faster
                continue
            except OSError as error:
                log.error("a head file cannot be put aside", extra={"file": str(path), "why": error.strerror})

    def put_bad_aside(self) -> None:
        """Retire this database's head file if no key matches, after a person has accepted that."""
        try:
            self.claims()
        except BadHead as error:
            heads.retire(error.path)

    def troubles(self) -> list[Text]:
        """Return the problems with the file."""
        return [] if self._trouble is None else [self._trouble]

    def _others(self, ours: str) -> list[tuple[Path, Kept]]:
        found = heads.at_address(self.name(), self.database.place, self.keys.known) if self.name() else ()
        return [(path, kept) for path, kept in found if kept.known.database != ours]

    def _write(self, kept: Kept) -> None:
        self._written_at = self.clock.monotonic()
        if not (name := self.name()):
            return
        path = heads.path_of(name, kept.known.database)
        try:
            heads.write(path, replace(kept, address=self.database.place), self.keys.present)
        except OSError as error:
            trouble = _("The head file {file} cannot be written: {problem}.").format(
                file=path, problem=error.strerror or type(error).__name__
            )
            if self._trouble is None:
                log.error("%s", trouble)
            self._trouble = trouble
            return
        self._written, self._trouble = kept, None
