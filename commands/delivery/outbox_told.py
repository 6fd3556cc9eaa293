"""Reports of undelivered messages to people who can help: once per cause, never about the reports themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from commands.delivery import outbox_words
from commands.delivery.recording import record
from commands.kit import blocks
from commands.kit.access.authority import NAMED, administrators
from commands.kit.contract import Message, Notice, To
from commands.kit.i18n import _, ngettext
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.delivery import outbox
from storage.delivery.outbox import Cause
from storage.delivery.outbox_events import OutboxTroubled
from storage.events import Recorded

SUBJECT, TELLING = "outbox", "outbox.trouble"
# messages pending for longer are reported; dead ones are reported at once
LONG = timedelta(minutes=10)
# the time for which a reported cause is not reported again
AGAIN = timedelta(hours=24)
LISTED = 20


def untold(tx: Tx, *, now: datetime) -> bool:
    """Return True if there is something to report."""
    return outbox.untold(tx, before=now - LONG, apart=[TELLING])


def tell(tx: Tx, policy: Policy, *, now: datetime) -> bool:
    """Report dead and long-pending messages to the audit channel and administrators; return True if there were any."""
    news = outbox.take_news(tx, now=now, before=now - LONG, again_after=now - AGAIN, apart=[TELLING])
    if news:
        causes = [{"audience": cause.audience, "error": cause.error, "count": cause.count, "dead": cause.dead} for cause in news]
        count = sum(cause.count for cause in news)
        record(tx, OutboxTroubled(subject=SUBJECT, actor="courier", at=now, causes=causes, count=count), policy)
    return bool(news)


def _to_those_who_can_mend_it(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    why = "messages do not reach people"
    return [To("route:audit", why), *(To(f"person:{one}", why) for one in administrators(tx, policy)[:NAMED])]


def render(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Return the number of undelivered messages by audience and cause, and the place to look."""
    causes = [Cause(each["audience"], each["error"], each["count"], each["dead"], False) for each in facts["causes"]]
    gist = ngettext("{n} message undelivered", "{n} messages undelivered", facts["count"])
    lines = [["⚠️  ", *outbox_words.cause(cause, policy)] for cause in causes[:LISTED]]
    more = len(causes) - LISTED
    body = [
        blocks.header(gist),
        blocks.bullets(lines),
        *([blocks.note(ngettext("and {n} cause more", "and {n} causes more", more))] if more > 0 else []),
        blocks.sentence(_("`/risk outbox` lists each message and sends it again once the cause is fixed.")),
    ]
    return Message(blocks.marked(gist), body)


NOTICES = [Notice(TELLING, (OutboxTroubled,), _to_those_who_can_mend_it, render, classification=Secrecy.INTERNAL)]
