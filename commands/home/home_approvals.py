"""Approvals at Home: those to decide, one's own requests, and conditions that fall due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from commands.approvals import approval_entry, condition_entry, sorted_waiting, with_approvals
from commands.kit.contract import Blocks, Request
from commands.kit.i18n import Text, ngettext
from risk_engine.approvals.approval import Approval
from storage.approvals import conditions
from storage.database import Tx

AHEAD = timedelta(days=7)


def parts(request: Request, tx: Tx, *, limit: int) -> Iterator[tuple[Text, Blocks, int, str]]:
    """Yield approvals to decide, own requests and due conditions: heading, the first of them, number, and link to the list."""
    _count, decidable, mine, _rest = sorted_waiting(request, tx)
    to_decide = ngettext("{n} approval to decide", "{n} approvals to decide", len(decidable))
    asked_for = ngettext("{n} request of yours awaits others", "{n} requests of yours await others", len(mine))
    for heading, found, line in ((to_decide, decidable, ""), (asked_for, mine, "mine")):
        if found:
            yield heading, _entries(found[:limit], request, tx), len(found), line
    count, due = conditions.of_person(tx, request.user, due=request.today + AHEAD, limit=limit)
    if count:
        body = [block for one, asked in with_approvals(due, tx) for block in condition_entry(one, asked, request, tx)]
        yield ngettext("{n} condition is due", "{n} conditions are due", count), body, count, "conditions"


def _entries(found: Sequence[Approval], request: Request, tx: Tx) -> Blocks:
    return [block for asked in found for block in approval_entry(asked, request, tx)]
