"""Acknowledgements that stand again: a wrong reading had ended them, and is corrected within the same breach."""

from __future__ import annotations

from risk_engine.indicators import breach as engine
from risk_engine.indicators.breach import Breach, Reading
from risk_engine.indicators.events import BreachAcknowledged, BreachEased, BreachUpdated, BreachWorsened
from risk_engine.indicators.monitoring import Colour
from storage.audit import history
from storage.database import Tx
from storage.events import Recorded

# more than a breach has entries in the trail between a typing error and its correction
_ENTRIES = 50


def standing_again(tx: Tx, before: Breach, after: Breach) -> Breach:
    """Return the breach after a move; acknowledged as it was, if the move only corrects the reading that had ended that."""
    if not engine.corrected(before, after):
        return after
    found = _ended_by(before.reading, [entry.event for entry in history.of_subject(tx, str(before.id), _ENTRIES)])
    if found is None or not _covers(found, after):
        return after
    return engine.acknowledged_again(after, by=found.actor, at=found.at)


def _ended_by(reading: Reading, newest_first: list[Recorded]) -> Recorded | None:
    """Return the acknowledgement that stood before a reading worsened the breach; None if there was none."""
    worsened, corrected = False, False
    for event in newest_first:
        if event.kind == BreachWorsened.kind and _of(reading, event) and (not worsened or corrected):
            worsened, corrected = True, False
        elif event.kind == BreachEased.kind:
            # an earlier correction of this reading had restored what stood before
            corrected = worsened and _of(reading, event)
        elif worsened and event.kind == BreachAcknowledged.kind:
            return event
        elif event.kind != BreachUpdated.kind:
            return None
    return None


def _of(reading: Reading, event: Recorded) -> bool:
    facts = event.facts or {}
    return (facts.get("as_of"), facts.get("source")) == (reading.as_of.isoformat(), reading.source)


def _covers(event: Recorded, after: Breach) -> bool:
    """Return True if the acknowledged state was as bad as the present one."""
    acknowledged = str((event.facts or {}).get("colour", Colour.NONE.name))
    return Colour[acknowledged.upper()] >= after.colour
