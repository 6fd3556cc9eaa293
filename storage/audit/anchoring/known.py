"""Signed ends of the trail, kept outside the database and compared with it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from storage.audit.chain import Head, Key
from storage.database import Tx
from storage.schema import TrailRow


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a trail.

    Attributes:
        database: the id created with the database; None if unknown.
        bound_after: the number of the last event before erasures were signed.
    """

    database: str | None
    bound_after: int


def identity(tx: Tx) -> Identity:
    """Return the database's own statement of its identity; without its row it is unknown."""
    row = tx.connection.execute(select(TrailRow.id, TrailRow.bound_after).limit(1)).one_or_none()
    return Identity(None, 0) if row is None else Identity(*row)


@dataclass(frozen=True, slots=True)
class Known:
    """An end of the trail that a holder of the key has seen.

    Attributes:
        epoch: the time of the last accepted discontinuity, in seconds since 1970; 0 without one.
        mac: the signature over all other fields.
    """

    database: str
    bound_after: int
    epoch: int
    count: int
    hash: str
    key: str
    mac: str

    @classmethod
    def signed(cls, whose: Identity, epoch: int, head: Head, key: Key) -> Known:
        """Return this end, signed with the key."""
        values = (whose.database or "", whose.bound_after, epoch, head.count, head.hash, key.id)
        return cls(*values, key.sign("anchor", *values))

    @classmethod
    def read(cls, told: object) -> Known | None:
        """Return the end in an anchor's facts; None if they have an old form, or none."""
        if not isinstance(told, Mapping) or not all(type(told.get(name)) is kind for name, kind in _FIELDS.items()):
            return None
        return cls(**{name: told[name] for name in _FIELDS})

    def is_genuine(self, keys: Mapping[str, Key]) -> bool:
        """Return True if one of these keys has signed it."""
        key = keys.get(self.key)
        values = (self.database, self.bound_after, self.epoch, self.count, self.hash, self.key)
        return key is not None and hmac.compare_digest(key.sign("anchor", *values).encode(), self.mac.encode("utf-8", "replace"))

    @property
    def whose(self) -> Identity:
        return Identity(self.database, self.bound_after)

    def facts(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


_FIELDS = {"database": str, "bound_after": int, "epoch": int, "count": int, "hash": str, "key": str, "mac": str}
