"""The trail as spreadsheet rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC

from commands.audit.trail import trail_lines
from commands.kit import blocks
from commands.kit.contract import Request, Sheet
from storage.audit.history import Entry
from storage.audit.trail import Erased
from storage.delivery.deliveries import Told
from storage.types import canonical

# larger exports are left to the command line, which reads rows one by one
MOST = 20_000
HEADINGS = (
    "number hash event at kind what subject customer actor actor_name before after reason policy_version erased_at erased_because facts "
    "told"
)


def sheet_of(
    name: str | None, found: Sequence[Entry], gone: Mapping[int, Erased], told: Mapping[int, Sequence[Told]], request: Request
) -> Sheet:
    """Return every entry with its values, all of its facts as JSON, and who was told of it and who was not."""
    rows = [(*_row(entry, gone.get(entry.event.id), request), _told(told.get(entry.event.id, ()))) for entry in found]
    return Sheet(
        f"audit-{name}" if name else "audit",
        HEADINGS.split(),
        rows,
        {one for entry in found for one in trail_lines.customers_of(entry.event)},
    )


def _row(entry: Entry, erased: Erased | None, request: Request) -> tuple[object, ...]:
    event = entry.event
    facts = event.facts or {}
    before, after = trail_lines.sides(event)
    return (
        *(entry.seq, entry.hash, event.id, event.at.astimezone(UTC).isoformat(), event.kind, str(trail_lines.happened(event))),
        *(event.subject, trail_lines.customer_of(event), event.actor, blocks.clean(request.name_of(event.actor))),
        *(before or None, after or None, facts.get("reason"), entry.policy_version),
        *(erased.at.astimezone(UTC).isoformat() if erased else None, erased.reason if erased else None),
        None if event.facts is None else canonical(dict(facts)),
    )


def _told(told: Sequence[Told]) -> str | None:
    """``route:alerts: delivered (an indicator crossed its threshold); …``: each audience with the decision and its reason."""
    return "; ".join(f"{each.audience or each.notice}: {each.decision} ({each.reason})" for each in told) or None
