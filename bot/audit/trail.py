"""The audit trail's supervision at run time: sealing, anchoring, and comparison with its known ends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.audit.anchor_channel import last_anchor
from bot.audit.anchoring import Anchorer, AnchorFile
from bot.audit.checking import Checker
from bot.audit.event_sealer import Sealer
from bot.audit.heads import HeadKeeper
from bot.clock import Clock
from bot.delivering.channels import Channels, Unreachable
from bot.policy_in_force import PolicyBook
from bot.timekeeping.job_scheduler import safely
from commands.audit import resealing
from commands.audit.verification import self_verification
from commands.kit.i18n import Text, _
from storage.audit.anchoring.guarding import Behind
from storage.audit.anchoring.known import identity
from storage.audit.chain import Keys
from storage.database import Database
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)


@dataclass
class Trail:
    """The sealer, the head file, the anchors and their file; call ``begin`` once, then ``ticks``, then ``close``."""

    database: Database
    keys: Keys
    policies: PolicyBook
    channels: Channels
    client: WebClient
    clock: Clock
    wake: Callable[[], None]
    _channel_read: bool = False
    # faults not yet reported to the audit channel
    _alarms: tuple[Behind, ...] = ()

    def __post_init__(self) -> None:
        self.heads = HeadKeeper(self.database, self.keys, self._anchor_file, self.clock)
        self.sealer = Sealer(self.database, self.keys, self.heads, self._alarm)
        self.anchorer = Anchorer(self.database, self.policies, self.keys, self.clock, self.wake)
        self.anchor_file = AnchorFile(self.database, self._anchor_file)
        self.checker = Checker(self.database, self.keys, self.policies, self.heads, self.clock, self.wake)

    def begin(self) -> None:
        """Compare the trail with the head file, or else the last anchor in the audit channel, before sealing anything."""
        self.sealer.begin()
        if self.heads.kept is None:
            safely(self.read_channel)()

    def ticks(self) -> list[tuple[Callable[[], object], float]]:
        """Return the periodic calls, with their intervals in seconds."""
        return [
            (self.sealer.tick, 1),
            (self.tell, 5),
            (self.anchor_file.follow, 10),
            (self.read_channel, 60),
            (self.anchor, 60),
            (self.checker.tick, 15),
        ]

    def close(self) -> None:
        """Seal and anchor the remaining events, and write down the end of the trail."""
        self.checker.close()
        for last in (self.sealer.tick, lambda: self.anchor(stopping=True), self.sealer.tick, self.anchor_file.follow, self.sealer.close):
            safely(last)()

    def troubles(self) -> list[Text]:
        """Return the problems with the trail."""
        return [*self.sealer.troubles(), *self.anchor_file.troubles(), *self.checker.troubles()]

    def standing(self) -> list[tuple[Text, Callable[[], str]]]:
        """Return the last verification's result, if it is in order."""
        outcome = self.checker.outcome
        if outcome is None or not outcome.holds:
            return []
        return [(_("Audit trail"), lambda: str(self_verification.standing(outcome)))]

    def anchor(self, *, stopping: bool = False) -> bool:
        """Take a due anchor, unless the trail is discontinuous."""
        return self.sealer.held is None and self.anchorer.tick(stopping=stopping)

    def read_channel(self) -> None:
        """Learn the end of the trail from the audit channel, once; later ends are seen by this process itself."""
        if self._channel_read:
            return
        with self.database.begin(EVERYTHING) as tx:
            ours = identity(tx).database or ""
        try:
            channel, me = self.channels.resolve("route:audit"), str(self.client.auth_test()["user_id"])
            known = last_anchor(self.client, channel, self.keys, database=ours, me=me)
        except (Unreachable, SlackApiError, OSError) as error:
            log.info("the last anchor in the audit channel cannot be read yet", extra={"why": str(error)[:200]})
            return
        self._channel_read = True
        if known is not None:
            self.sealer.learn(known)

    def tell(self) -> None:
        """Record new faults, which notifies the audit channel."""
        for behind in self._alarms:
            policy = self.policies.now
            with self.database.begin(EVERYTHING, write=True) as tx:
                resealing.alarm(tx, policy, behind, at=self.clock.now())
            self._alarms = tuple(each for each in self._alarms if each is not behind)
            self.wake()

    def _alarm(self, behind: Behind) -> None:
        self._alarms = (*self._alarms, behind)

    def _anchor_file(self) -> str:
        return self.policies.now.audit.anchor_file
