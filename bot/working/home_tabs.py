"""The Home tab of each person: filled when it is opened, and anew after a change of theirs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.working.desk import PATIENCE
from bot.working.executor import Executor
from bot.working.pool import Pool
from bot.working.ticket import Ticket
from bot.working.welcome import NotWelcome
from commands.delivery import reads
from commands.home import home as home_texts
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Blocks
from commands.kit.i18n import reading
from commands.kit.older_blocks import in_view
from storage.database import Busy
from storage.delivery import visits
from storage.sight import NOTHING

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Homes:
    """Publishes Home views, never in the way of an acknowledgement."""

    executor: Executor
    pool: Pool

    def fill(self, publish: Callable[[], None]) -> None:
        """Publish when a worker is free."""
        if not self.pool.submit(publish):
            log.warning("Home was not filled: the pool is full")

    def open(self, user: str) -> None:
        """Fill the Home tab that a person has just opened, and remember the visit."""
        try:
            with self.executor.database.begin(NOTHING, write=True, patience=PATIENCE) as tx:
                visits.visited(tx, user, at=self.executor.clock.now())
        except Busy:
            # what moved since the visit before is then shown once more
            log.info("a visit at Home was not written down")
        self._publish(user)

    def refresh(self, user: str) -> None:
        """Fill the Home tab of a person who has just changed something, if they have ever opened it."""
        with self.executor.database.begin(NOTHING) as tx:
            known = visits.knows_home(tx, user)
        if known:
            self._publish(user)

    def _publish(self, user: str) -> None:
        person = self.executor.people.person(user)
        ticket = Ticket(f"home {user}", "help", {}, user, self.executor.clock.now())
        try:
            with reading(person.reader), self.executor.looking(ticket, person) as (request, tx):
                with masking.noting() as named:
                    body = home_texts.home(request, tx)
                noted = reads.look(named, "home", request, tx)
        except NotWelcome as error:
            with reading(person.reader):
                self.show(user, [blocks.paragraph(error.sentence)])
            return
        self.executor.notes.keep([], noted, request.policy)
        self.show(user, body)

    def show(self, user: str, body: Blocks) -> None:
        """Publish these blocks as a person's Home tab."""
        view = {"type": "home", "blocks": blocks.fit(in_view(body), most=blocks.VIEW_BLOCKS)}
        try:
            self.executor.client.views_publish(user_id=user, view=view)
        except Exception as error:  # Home is filled again at the next opening; somebody who has left has none
            log.warning("views.publish failed", extra={"user": user, "error": type(error).__name__})
