"""/risk top by=grade since=DAY: the customers whose grade has changed since a day, with both grades."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Blocks, Reply, Request, Sheet
from commands.kit.i18n import Text, _, labelled, listed, ngettext
from commands.kit.wording import words
from storage.database import Tx
from storage.queries.one_of import Value
from storage.scoring import grade_changes
from storage.scoring.grade_changes import Regraded

NAMED = 3
# more lines than this belong into an export of the command line
_SHEET = 100_000


def view(day: date, n: int, filters: Mapping[str, Value], wanted: str, request: Request, tx: Tx) -> Reply:
    """Return the changes as a table, the furthest fall first; ``wanted`` is the filters in words."""
    worse, better, lines = grade_changes.since(tx, _begins(day, request), filters, limit=n, at=request.as_of)
    counted = " · ".join(filter(None, [str(_counted(worse, better, day)), wanted]))
    if not lines:
        return Reply(blocks.marked(counted))
    first = listed(_moved(line) for line in lines[:NAMED])
    heading = labelled(counted, first)
    body: Blocks = [blocks.header(counted), _table(lines, counted)]
    if len(lines) < worse + better:
        body.append(blocks.note(_("{n} more").format(n=words.count(worse + better - len(lines)))))
    return Reply(blocks.escape(heading), body, shareable=True)


def _begins(day: date, request: Request) -> datetime:
    return datetime.combine(day, time.min, request.person.reader.tzinfo)


def _counted(worse: int, better: int, day: date) -> Text:
    if not worse + better:
        return _("No grade has changed since {day}").format(day=words.day(day))
    fallen = ngettext("{n} customer has a worse grade", "{n} customers have a worse grade", worse)
    sentence = _("{worse} than at the start of {day}, {better} a better one")
    return sentence.format(worse=fallen, day=words.day(day), better=words.count(better))


def _moved(line: Regraded) -> str:
    return f"{masking.customer(line.customer, line.name)} {_from_to(line)}"


def _from_to(line: Regraded) -> str:
    sign = words.sign(line.after > line.before, worse=line.after > line.before)
    return f"{sign} {words.grade_word(line.before)} → {words.grade_word(line.after)}"


def _table(lines: list[Regraded], caption: str) -> Any:
    unit, (before, after) = words.money_columns(
        [line.loss_before for line in lines], [line.loss_after for line in lines], currency=lines[0].currency
    )
    rows = [
        (
            masking.customer(line.customer, line.name),
            tables.figure(_from_to(line), line.after - line.before),
            tables.figure(then, line.loss_before),
            tables.figure(now, line.loss_after),
        )
        for line, then, now in zip(lines, before, after, strict=True)
    ]
    headings = (_("Customer"), _("Grade"), words.in_unit(_("EL before"), unit), words.in_unit(_("EL now"), unit))
    return tables.table(headings, rows, caption=caption, lead=1)


def sheet(day: date, filters: Mapping[str, Value], request: Request, tx: Tx) -> Sheet:
    """Return every change with its values."""
    _worse, _better, lines = grade_changes.since(tx, _begins(day, request), filters, limit=_SHEET, at=request.as_of)
    rows = [
        (line.customer, line.name, line.before.name.lower(), line.after.name.lower(), line.currency, line.loss_before, line.loss_after)
        for line in lines
    ]
    headings = ["id", "name", "grade_before", "grade_after", "currency", "expected_loss_before", "expected_loss_after"]
    return Sheet("grades", headings, rows, {line.customer for line in lines})
