"""/risk top per=sector: the totals of the book by sector, country or department, the largest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from commands.kit import blocks, tables
from commands.kit.contract import Blocks, Refused, Reply, Request, Sheet
from commands.kit.i18n import Text, _, listed
from commands.kit.wording import words
from storage.database import Tx
from storage.queries.one_of import Value
from storage.scoring import part_totals, scores
from storage.scoring.part_totals import PartTotal
from storage.scoring.ranking import By

NAMED = 3


class Per(StrEnum):
    """The attribute of customers by which totals are given."""

    SECTOR = "sector"
    COUNTRY = "country"
    DEPARTMENT = "department"


_HEADINGS = {Per.SECTOR: _("Sector"), Per.COUNTRY: _("Country"), Per.DEPARTMENT: _("Department")}
_ORDERS = (By.EXPECTED_LOSS, By.EXPOSURE, By.OVERDUE)


def view(per: Per, by: By, n: int | None, filters: Mapping[str, Value], wanted: str, request: Request, tx: Tx) -> Reply:
    """Return the totals as a table; ``n`` is the number of parts to show, ``wanted`` the filters in words.

    Raises:
        Refused: totals have no such order.
    """
    parts = _parts(per, by, filters, tx)
    if not parts:
        return Reply(blocks.marked(_("No scored customer matches.")))
    shown = parts[:n] if n else parts
    heading = " · ".join(filter(None, [str(_heading(per, by, parts)), wanted]))
    body: Blocks = [blocks.header(heading), _table(per, by, shown, parts, heading), blocks.note(_below(parts, shown, request, tx))]
    return Reply(blocks.escape(heading), body, shareable=True)


def _parts(per: Per, by: By, filters: Mapping[str, Value], tx: Tx) -> list[PartTotal]:
    if by not in _ORDERS:
        sentence = _("Totals by {part} have no order “{value}”: expected one of {accepted}.")
        raise Refused(sentence.format(part=per.value, value=by.value, accepted=listed(one.value for one in _ORDERS)), field="by")
    found = part_totals.of(tx, per.value, filters)
    return sorted(found, key=lambda part: (-_measure(by, part), part.name or "~"))


def _measure(by: By, part: PartTotal) -> Decimal:
    return {By.EXPOSURE: part.ead, By.OVERDUE: Decimal(part.late)}.get(by, part.expected_loss)


def _heading(per: Per, by: By, parts: Sequence[PartTotal]) -> Text:
    """Return the answer: the whole amount, and the parts that carry most of it."""
    whole = sum((_measure(by, part) for part in parts), Decimal(0))
    first = listed(f"{_named(part)} {_share(by, part, whole)}" for part in parts[:NAMED])
    if by is By.OVERDUE:
        return _("{n} borrowers past due by {part}: {first}").format(
            n=words.count(int(whole)), part=str(_HEADINGS[per]).lower(), first=first
        )
    sentence = _("EAD {amount} by {part}: {first}") if by is By.EXPOSURE else _("Expected loss {amount} by {part}: {first}")
    return sentence.format(amount=words.money(whole, parts[0].currency), part=str(_HEADINGS[per]).lower(), first=first)


def _named(part: PartTotal) -> str:
    return words.label(part.name) if part.name else str(_("not known"))


def _share(by: By, part: PartTotal, whole: Decimal) -> str:
    if by is By.OVERDUE:
        return words.count(part.late)
    return words.reading(float(_measure(by, part) / whole), "percent") if whole else "–"


def _table(per: Per, by: By, shown: Sequence[PartTotal], parts: Sequence[PartTotal], caption: str) -> Any:
    unit, (losses, eads) = words.money_columns(
        [part.expected_loss for part in shown], [part.ead for part in shown], currency=shown[0].currency
    )
    whole = sum((part.expected_loss for part in parts), Decimal(0))
    rows = [
        (
            _named(part),
            tables.figure(loss, part.expected_loss),
            tables.figure(_share(By.EXPECTED_LOSS, part, whole), part.expected_loss),
            tables.figure(ead, part.ead),
            tables.figure(words.count(part.customers), part.customers),
            tables.figure(words.count(part.late), part.late),
        )
        for part, loss, ead in zip(shown, losses, eads, strict=True)
    ]
    headings = (
        *(_HEADINGS[per], words.in_unit("EL", unit), _("Share of EL"), words.in_unit("EAD", unit)),
        *(_("Customers"), _("Past due")),
    )
    return tables.table(headings, rows, caption=caption, lead={By.EXPOSURE: 3, By.OVERDUE: 5}.get(by, 1))


def _below(parts: Sequence[PartTotal], shown: Sequence[PartTotal], request: Request, tx: Tx) -> Text:
    """Return omitted parts, customers without a figure, and the date."""
    run = scores.last_run(tx, at=request.as_of)
    assert run is not None, "totals have a run"
    said: list[Text] = []
    if len(shown) < len(parts):
        said.append(_("{n} more").format(n=words.count(len(parts) - len(shown))))
    if without := sum(part.without_loss for part in parts):
        said.append(_("{n} without EL: not in the totals").format(n=f"{without:,}"))
    said.append(_("as of {day}, scored {at}").format(day=words.day(run.as_of), at=words.moment(run.at)))
    return Text(" · ".join(map(str, said)))


def sheet(per: Per, by: By, filters: Mapping[str, Value], tx: Tx) -> Sheet:
    """Return every part with its values."""
    parts = _parts(per, by, filters, tx)
    headings = (per.value, *["currency", "expected_loss", "ead", "customers", "without_expected_loss", "past_due"])
    rows = [(part.name, part.currency, part.expected_loss, part.ead, part.customers, part.without_loss, part.late) for part in parts]
    return Sheet(f"totals-{per.value}", headings, rows, set())
