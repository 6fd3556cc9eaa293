"""Answers that can be run again from their buttons, for as long as the policy keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import AnswerRow


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: command, arguments, person and date."""

    key: str
    command: str
    arguments: Mapping[str, Any]
    person: str
    as_of: datetime
    expires_at: datetime


def keep(tx: Tx, answer: Answer) -> None:
    row = {name: getattr(answer, name) for name in ("key", "command", "person", "as_of", "expires_at")}
    # a commit of which nobody heard is tried again
    insert_once(tx, AnswerRow, {**row, "arguments": dict(answer.arguments)})


def get(tx: Tx, key: str, *, now: datetime) -> Answer | None:
    """Return the answer behind a button, unless it has expired."""
    query = select(AnswerRow.key, AnswerRow.command, AnswerRow.arguments, AnswerRow.person, AnswerRow.as_of, AnswerRow.expires_at)
    row = tx.connection.execute(query.where(AnswerRow.key == key, AnswerRow.expires_at > now)).one_or_none()
    return None if row is None else Answer(*row)


def is_known(tx: Tx, key: str) -> bool:
    """Return True if the answer behind a button is stored, expired or not."""
    return tx.connection.execute(select(exists().where(AnswerRow.key == key))).scalar_one()


def forget_expired(tx: Tx, *, now: datetime) -> int:
    """Delete expired answers; return their number."""
    return tx.connection.execute(delete(AnswerRow).where(AnswerRow.expires_at <= now)).rowcount
