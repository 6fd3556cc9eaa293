"""Which accounts were seen with which e-mail address; of an address its digest alone is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import AccountRow


def seen(tx: Tx, addresses: Mapping[str, str], *, at: datetime) -> None:
    """Remember the address of each account; what an account was seen with once stays."""
    for account, address in addresses.items():
        insert_once(tx, AccountRow, {"account": account, "digest": _digest(address), "at": at})


def sharing(tx: Tx) -> Sequence[tuple[str, ...]]:
    """Accounts that were seen with one address, the first to be seen first; all others are left out."""
    several = select(AccountRow.digest).group_by(AccountRow.digest).having(func.count() > 1)
    query = select(AccountRow.digest, AccountRow.account).where(AccountRow.digest.in_(several)).order_by(AccountRow.at, AccountRow.account)
    groups: dict[str, list[str]] = {}
    for digest, account in tx.connection.execute(query):
        groups.setdefault(digest, []).append(account)
    return [tuple(group) for group in groups.values()]


def _digest(address: str) -> str:
    """Capitals do not tell two addresses apart; everything else does, a plus and what follows it included."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()
