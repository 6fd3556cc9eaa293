"""Accounts and the e-mail addresses seen with them, of which only digests are stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import AccountRow

_SEVERAL = select(AccountRow.digest).group_by(AccountRow.digest).having(func.count() > 1)
_SHARED = select(AccountRow.digest, AccountRow.account).where(AccountRow.digest.in_(_SEVERAL)).order_by(AccountRow.at, AccountRow.account)


def seen(tx: Tx, addresses: Mapping[str, str], *, at: datetime) -> None:
    """Record the address of each account; the first one stays."""
    for account, address in addresses.items():
        insert_once(tx, AccountRow, {"account": account, "digest": _digest(address), "at": at})


def sharing(tx: Tx) -> Sequence[tuple[str, ...]]:
    """Return accounts that share an address, the first seen first; all others are omitted."""
    groups: dict[str, list[str]] = {}
    for digest, account in tx.connection.execute(_SHARED):
        groups.setdefault(digest, []).append(account)
    return [tuple(group) for group in groups.values()]


def _digest(address: str) -> str:
    """Return an address's digest, ignoring case only; a plus and its suffix count."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()
