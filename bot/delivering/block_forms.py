"""Forms of blocks: Slack's newer tables and charts where the workspace takes them, their older form where it does not.

Slack brings new blocks to workspaces step by step. A refusal that names a block's type is remembered for all replicas, for
some days; any other refusal of blocks is a fault of the product. Either way the message is sent, without them if need be.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.delivering.files import picture_block
from bot.slack.call_outcomes import fate
from commands.delivery.slack_answers import ABOUT_BLOCKS
from commands.kit.blocks import fit
from commands.kit.contract import Blocks
from commands.kit.older_blocks import NEWER, newer, older
from commands.pictures import picture
from storage.database import Busy, Database
from storage.delivery import unknown_blocks
from storage.sight import NOTHING

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class BlocksRefused(Exception):
    """Slack has refused the blocks of a message, and nothing was posted."""

    def __init__(self, code: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{code}: {'; '.join(reasons)}")
        self.reasons = tuple(reasons)

    @property
    def unknown(self) -> frozenset[str]:
        """Return the types of newer blocks that Slack says it does not know."""
        return frozenset(kind for kind in NEWER if any(re.search(rf"unsupported type: {kind}\b", reason) for reason in self.reasons))


@dataclass
class BlockForms:
    """The forms of blocks that the workspace takes, learned from its refusals."""

    database: Database
    client: WebClient
    clock: Clock
    # what this process knows, for moments in which the database does not answer
    _lacking: frozenset[str] = field(default_factory=frozenset)

    def send(self, call: Callable[[Blocks | None], Answer], body: Blocks, *, about: str) -> Answer:
        """Call with the blocks in a form that Slack takes.

        Args:
            call: posts the blocks; raises SlackApiError or BlocksRefused if Slack refuses them.
            about: what is sent, for the log.
        """
        lacking = self.lacking() if newer(body) else frozenset()
        while True:
            try:
                return call(fit(older(body, lacking, self._drawn)) or None)
            except (SlackApiError, BlocksRefused) as error:
                refused = _refusal(error)
                if refused is None:
                    raise
                left = newer(body) - lacking
                if unknown := refused.unknown & left:
                    self._learn(unknown)
                    lacking |= unknown
                    continue
                log.error("Slack refuses the blocks of a message", extra={"what": about, "why": str(refused)[:300]})
                if not left:
                    return call(None)
                lacking |= left

    def lacking(self) -> frozenset[str]:
        """Return the types that the workspace is known not to have."""
        try:
            with self.database.begin(NOTHING) as tx:
                self._lacking = unknown_blocks.standing(tx, now=self.clock.now())
        except Busy as error:
            log.warning("what blocks the workspace lacks could not be read", extra={"error": str(error)})
        return self._lacking

    def _learn(self, types: frozenset[str]) -> None:
        log.warning("the workspace does not have these blocks yet; their older form is sent", extra={"types": sorted(types)})
        self._lacking |= types
        try:
            with self.database.begin(NOTHING, write=True) as tx:
                unknown_blocks.remember(tx, types, at=self.clock.now())
        except Busy as error:
            log.warning("what blocks the workspace lacks could not be written", extra={"error": str(error)})

    def _drawn(self, chart: Any) -> Any:
        return picture_block(self.client, picture(chart))


def _refusal(error: SlackApiError | BlocksRefused) -> BlocksRefused | None:
    """Return Slack's complaint about the blocks; None if its error is about something else."""
    if isinstance(error, BlocksRefused):
        return error
    code = fate(error)[1]
    if code not in ABOUT_BLOCKS:
        return None
    return BlocksRefused(code, reasons_in(getattr(error.response, "data", error.response)))


def reasons_in(answer: Any) -> list[str]:
    """Return Slack's own words about each faulty block, as its answer has them."""
    said = answer if isinstance(answer, dict) else {}
    metadata = said.get("response_metadata")
    told = [said.get("errors"), metadata.get("messages") if isinstance(metadata, dict) else None]
    return [str(reason) for reasons in told if isinstance(reasons, list) for reason in reasons]
