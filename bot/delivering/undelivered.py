"""Supervision of undelivered messages: it notifies those who can help, and reports on the health pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from bot.slack.people import People
from commands.delivery import outbox_told, outbox_words
from commands.home.status import PATIENCE
from storage.database import Database
from storage.delivery import outbox
from storage.delivery.outbox import Cause
from storage.sight import EVERYTHING


@dataclass
class Undelivered:
    """A periodic check; any number of them may share a database, and each cause is reported once."""

    database: Database
    policies: PolicyBook
    people: People
    clock: Clock
    wake: Callable[[], None]
    _causes: Sequence[Cause] = ()

    def tick(self) -> bool:
        """Check once; return True if there was something to report."""
        now = self.clock.now()
        with self.database.begin(EVERYTHING) as tx:
            self._causes = outbox.causes(tx, before=now - PATIENCE)
            news = outbox_told.untold(tx, now=now)
        if not news:
            return False
        policy = self.people.with_groups(self.policies.now)
        with self.database.begin(EVERYTHING, write=True) as tx:
            told = outbox_told.tell(tx, policy, now=now)
        if told:
            self.wake()
        return told

    def troubles(self) -> list[str]:
        """Return the findings of the last check, one line per cause, for the health pages."""
        policy = self.policies.now
        return [_plain(outbox_words.cause(cause, policy)) for cause in self._causes]


def _plain(pieces: Sequence[object]) -> str:
    """Return the pieces of a line as text, with ids for mentions."""
    return "".join(
        str(piece.get("user_id") or piece.get("channel_id") or piece.get("text")) if isinstance(piece, dict) else str(piece)
        for piece in pieces
    )
