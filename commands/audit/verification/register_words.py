"""The result of reconciling the register with the trail, in words: match, or the rows that differ."""

from __future__ import annotations

from collections.abc import Iterator

from commands.kit.i18n import Text, _, ngettext
from storage.audit.reconciliation.differences import Difference, Discrepancy, Reconciled
from storage.row_digests.cells import Cell

# the largest number of differences shown; more are counted
SHOWN = 20
# longer cells are cut
_LONGEST = 160


def verdict(found: Reconciled) -> Text:
    """Return the result, in a sentence."""
    if found.count:
        return ngettext(
            "The register does not match the trail: {n} difference.", "The register does not match the trail: {n} differences.", found.count
        ).format(n=f"{found.count:,}")
    return ngettext(
        "The register matches the trail: {n} row compared.", "The register matches the trail: {n} rows compared.", found.tally.compared
    ).format(n=f"{found.tally.compared:,}")


def lines(found: Reconciled, *, most: int = SHOWN) -> list[str]:
    """Return the result, the first differences, and the number of rows that could not be compared."""
    told: list[Text | str] = [verdict(found), *(f"  {difference(each)}" for each in found.first[:most])]
    if (rest := found.count - min(most, len(found.first))) > 0:
        more = ngettext("… and {n} more.", "… and {n} more.", rest).format(n=f"{rest:,}")
        told.append(f"  {more}")
    return [str(line) for line in [*told, *_not_compared(found)]]


def _not_compared(found: Reconciled) -> Iterator[Text]:
    before, erased = found.tally.before, found.tally.erased
    if before:
        yield ngettext(
            "{n} row was last written by a version whose entries do not cover it. The bot covers it from its next start.",
            "{n} rows were last written by a version whose entries do not cover them. The bot covers them from its next start.",
            before,
        ).format(n=f"{before:,}")
    if erased:
        yield ngettext(
            "{n} row can no longer be compared: the entry about it is erased.",
            "{n} rows can no longer be compared: the entries about them are erased.",
            erased,
        ).format(n=f"{erased:,}")


def difference(found: Discrepancy) -> str:
    """Return the differing row and columns, by their names in the database."""
    return f"{_where(found)}: {_what(found)}"


def _where(found: Discrepancy) -> str:
    load = f" ({found.load})" if found.load else ""
    return f"{found.table} {found.key}{load}" + (f", {found.column}" if found.column else "")


def _what(found: Discrepancy) -> Text:
    if found.difference is Difference.GONE:
        sentence = _("the row is gone; the trail says {trail}")
    elif found.difference is Difference.UNKNOWN:
        sentence = _("not in the trail; the row says {row}") if found.row is not None else _("not in the trail")
    elif found.column is None and found.load:
        sentence = (
            _("changed since it was loaded; the row says {row}") if _is_one(found.key) else _("a row has changed since it was loaded")
        )
    else:
        sentence = _("the row says {row}; the trail says {trail}")
    said = sentence.format(row=_cell(found.row), trail=_cell(found.trail))
    return said if found.event is None else _("{said} (entry {event})").format(said=said, event=found.event)


def _is_one(key: str) -> bool:
    """Return True if a key means one row, not a stretch."""
    return key.isdecimal()


def _cell(value: Cell) -> Text | str:
    if value is None:
        return _("nothing")
    # undecodable text, because of tampering, is spelled out
    text = str(value).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
