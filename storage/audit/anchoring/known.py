"""How the trail ended when it was last looked at, signed with the key: what is kept outside of the database, and compared with it."""

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
    """Whose trail it is.

    Attributes:
        database: the id that was made with the database; None where nobody knows.
        bound_after: the number of the last event from before erasures were signed.
    """

    database: str | None
    bound_after: int


def identity(tx: Tx) -> Identity:
    """What the database says of itself; without its row, nobody knows."""
    row = tx.connection.execute(select(TrailRow.id, TrailRow.bound_after).limit(1)).one_or_none()
    return Identity(None, 0) if row is None else Identity(*row)


@dataclass(frozen=True, slots=True)
class Known:
    """An end of the trail that somebody with the key has seen.

    Attributes:
        epoch: when a person has last accepted by then that the trail does not go on from where it was, in seconds since 1970;
            0 before the first time.
        mac: the signature, over all the others.
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
        """This end, signed with the key."""
        values = (whose.database or "", whose.bound_after, epoch, head.count, head.hash, key.id)
        return cls(*values, key.sign("anchor", *values))

    @classmethod
    def read(cls, told: object) -> Known | None:
        """What the facts of an anchor say; None if they are of an old form, or of none."""
        if not isinstance(told, Mapping) or not all(type(told.get(name)) is kind for name, kind in _FIELDS.items()):
            return None
        return cls(**{name: told[name] for name in _FIELDS})

    def is_genuine(self, keys: Mapping[str, Key]) -> bool:
        """Whether one of these keys has signed it."""
        key = keys.get(self.key)
        values = (self.database, self.bound_after, self.epoch, self.count, self.hash, self.key)
        return key is not None and hmac.compare_digest(key.sign("anchor", *values).encode(), self.mac.encode("utf-8", "replace"))

    @property
    def whose(self) -> Identity:
        return Identity(self.database, self.bound_after)

    def facts(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


_FIELDS = {"database": str, "bound_after": int, "epoch": int, "count": int, "hash": str, "key": str, "mac": str}
