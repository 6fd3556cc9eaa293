"""Lineage of a score: every fact behind it, down to file and row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, select

from risk_engine.policy.policy import Policy
from risk_engine.references import OverrideId
from storage.classification import approved_judgements
from storage.customers.currencies import rates
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import (
    AccountMonthVersionRow,
    FacilityVersionRow,
    GuaranteeVersionRow,
    ImportRow,
    IncidentVersionRow,
    InstalmentVersionRow,
    ObservationVersionRow,
    OutcomeVersionRow,
    PaymentVersionRow,
    ProjectionVersionRow,
    RateVersionRow,
    RatingVersionRow,
)
from storage.scoring import overrides, scores
from storage.scoring.lineage import collateral_lineage, statement_lineage
from storage.scoring.scores import Detail, Finding, Run, Score
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Input:
    """One fact: its values, date and source; ``used`` is False if it did not count.

    People's decisions have no file; facts with many rows name the newest. Each kind has the values that it needs.

    Attributes:
        figure: a reading, or an exchange rate.
        count: the number of rows; of an incident its severity.
        amounts: in ``currency``; of a facility outstanding and limit, of an account its newest month's lowest and closing balance.
        words: as stored: a letter, a source, a kind of collateral, a guarantor; of an override both grades and its maker, of a judgement
            its kind and its maker.
        until: the end of a projection, the day on which an incident was resolved, or the last day of a rebuttal.
    """

    kind: str
    name: str
    as_of: date | None
    file: str | None
    row: int | None
    used: bool = True
    figure: float | None = None
    count: int | None = None
    amounts: tuple[Decimal, ...] = ()
    currency: str | None = None
    words: tuple[str, ...] = ()
    until: date | None = None


def inputs(tx: Tx, score: Score, policy: Policy) -> list[Input]:
    """Return this customer's facts as known to the score's run, kind by kind."""
    return behind(tx, scores.finding(tx, score), policy)


def behind(tx: Tx, finding: Finding, policy: Policy) -> list[Input]:
    """Return the facts behind a finding, stored or not, kind by kind."""
    score, run, detail = finding.score, finding.run, finding.detail
    lent = list(_facilities(tx, score, run))
    secured = [
        Input("collateral", one.name, one.valued, one.file, one.row, amounts=(one.value,), currency=one.currency, words=(one.kind,))
        for one in collateral_lineage.collateral(tx, score.customer, run, [one.name for one in lent])
    ]
    accounts = [
        Input("statement", one.name, one.end, one.file, one.row, one.used, amounts=one.amounts, currency=one.currency)
        for one in statement_lineage.statements(tx, score.customer, run, detail, policy)
    ]
    counting = [fact for fact in accounts if fact.used]
    # besides the currencies of the facts, dollars for Ohlson's size term, and the currency of the sizes of firms
    terms = {"USD", policy.capital.irb.size.currency} if counting else set()
    quoted = {fact.currency for fact in [*lent, *secured, *counting] if fact.currency} | terms
    return [
        *_ratings(tx, score, run),
        *accounts,
        *_observations(tx, detail),
        *lent,
        *_counted(tx, "instalments", InstalmentVersionRow, InstalmentVersionRow.due, lent, run),
        *_counted(tx, "payments", PaymentVersionRow, PaymentVersionRow.paid, lent, run),
        *_account_months(tx, score, run, policy),
        *secured,
        *_guarantees(tx, score, run),
        *_projections(tx, score, run, policy),
        *_incidents(tx, score, run),
        *_outcomes(tx, score, run),
        *_judgements(tx, score, run),
        *_override(tx, score),
        *_rates(tx, quoted - {score.currency}, score, run, policy),
    ]


def rows(tx: Tx, table: Any, columns: Sequence[Any], where: Sequence[Any], order: Sequence[Any]) -> Any:
    """Return these columns with the file and row of each."""
    query = select(*columns, ImportRow.file, table.file_row).join(ImportRow, ImportRow.id == table.import_id)
    return tx.connection.execute(query.where(*where).order_by(*order))


def _of(table: Any, score: Score, run: Run) -> list[Any]:
    return [table.customer_id == score.customer, known(table, run.at)]


def _ratings(tx: Tx, score: Score, run: Run) -> Iterator[Input]:
    table = RatingVersionRow
    where = [*_of(table, score, run), table.as_of <= run.as_of]
    columns = (table.id, table.agency, table.rating, table.as_of)
    for id, agency, letter, as_of, file, row in rows(tx, table, columns, where, (table.as_of.desc(), table.agency)):
        yield Input("rating", agency, as_of, file, row, id == score.rating_id, words=(letter,))


def _observations(tx: Tx, detail: Detail) -> Iterator[Input]:
    """Yield the readings that counted in the score."""
    table, kind = ObservationVersionRow, "observation."
    ids = [id for name, id in detail.sources.items() if name.startswith(kind)]
    columns = (table.indicator, table.value, table.as_of, table.source)
    for name, value, as_of, source, file, row in rows(tx, table, columns, [table.id.in_(ids)], (table.indicator,)):
        yield Input("observation", name, as_of, file, row, figure=value, words=(source,))


def _facilities(tx: Tx, score: Score, run: Run) -> Iterator[Input]:
    table = FacilityVersionRow
    columns = (table.facility, table.currency, table.outstanding, table.limit, table.as_of)
    for name, currency, drawn, limit, as_of, file, row in rows(tx, table, columns, _of(table, score, run), (table.facility,)):
        yield Input("facility", name, as_of, file, row, amounts=(drawn, limit), currency=currency)


def _counted(tx: Tx, kind: str, table: Any, day: Any, lent: Sequence[Input], run: Run) -> Iterator[Input]:
    """Yield the number of rows of each facility, and the last of them."""
    where = [table.facility.in_([one.name for one in lent]), known(table, run.at)]
    count, last = dict[str, int](), dict[str, tuple[Any, ...]]()
    for facility, *told in rows(tx, table, (table.facility, day), where, (table.facility, day, table.id)):
        count[facility], last[facility] = count.get(facility, 0) + 1, tuple(told)
    for facility, (as_of, file, row) in last.items():
        yield Input(kind, facility, as_of, file, row, count=count[facility])


def _account_months(tx: Tx, score: Score, run: Run, policy: Policy) -> Iterator[Input]:
    """Yield the newest month of each account: its lowest and its closing balance, and the number of months on record.

    Transactions that are too old do not count.
    """
    table = AccountMonthVersionRow
    columns = (table.account, table.currency, table.lowest, table.closing, table.until)
    count, last = dict[str, int](), dict[str, tuple[Any, ...]]()
    where = [*_of(table, score, run), table.until <= run.as_of]
    for account, *told in rows(tx, table, columns, where, (table.account, table.month)):
        count[account], last[account] = count.get(account, 0) + 1, tuple(told)
    oldest = run.as_of - timedelta(days=policy.scoring.reading_max_age_days)
    for account, (currency, lowest, closing, until, file, row) in last.items():
        amounts = (lowest, closing)
        yield Input("account_month", account, until, file, row, until >= oldest, count=count[account], amounts=amounts, currency=currency)


def _guarantees(tx: Tx, score: Score, run: Run) -> Iterator[Input]:
    """Yield the customer's guarantees; ended ones do not count, and invisible guarantors have no id."""
    table = GuaranteeVersionRow
    who = table.guarantor if tx.sight.everything else case((and_(*visible(tx, table.guarantor)), table.guarantor), else_="–")
    columns = (table.guarantee, who, table.currency, table.amount, table.until)
    for name, guarantor, currency, amount, until, file, row in rows(tx, table, columns, _of(table, score, run), (table.guarantee,)):
        counts, amounts = until is None or until >= run.as_of, () if amount is None else (amount,)
        yield Input("guarantee", name, until, file, row, counts, amounts=amounts, currency=currency, words=(guarantor,))


def _projections(tx: Tx, score: Score, run: Run, policy: Policy) -> Iterator[Input]:
    """Yield the newest projection, by its last period; one that is too old does not count."""
    table = ProjectionVersionRow
    where = [*_of(table, score, run), table.projected <= run.as_of, table.period_end > run.as_of]
    found = list(rows(tx, table, (table.projected, table.period_end), where, (table.projected, table.period_end)))
    if found:
        projected, end, file, row = found[-1]
        fresh, count = projected >= run.as_of - timedelta(days=policy.data.projection_days), sum(one[0] == projected for one in found)
        yield Input("projection", "", projected, file, row, fresh, count=count, until=end)


def _incidents(tx: Tx, score: Score, run: Run) -> Iterator[Input]:
    table = IncidentVersionRow
    columns = (table.kind, table.severity, table.resolved, table.as_of)
    where = [*_of(table, score, run), table.as_of <= run.as_of]
    for kind, severity, resolved, as_of, file, row in rows(tx, table, columns, where, (table.as_of, table.id)):
        yield Input("incident", kind, as_of, file, row, count=severity, until=resolved)


def _outcomes(tx: Tx, score: Score, run: Run) -> Iterator[Input]:
    """Yield the customer's credit events; the last one counts."""
    table = OutcomeVersionRow
    where = [*_of(table, score, run), table.as_of <= run.as_of]
    found = list(rows(tx, table, (table.event, table.as_of), where, (table.as_of, table.id)))
    for place, (event, as_of, file, row) in enumerate(found, start=1):
        yield Input("outcome", event, as_of, file, row, used=place == len(found))


def _judgements(tx: Tx, score: Score, run: Run) -> Iterator[Input]:
    """Yield the judgements about default approved by the run; those that are over do not count."""
    for standing in approved_judgements.of_customer(tx, score.customer, at=run.at):
        one, counts = standing.judgement, standing.counts(run.as_of)
        yield Input("judgement", str(one.id), one.since, None, None, counts, words=(one.kind.value, one.proposed_by), until=one.until)


def _override(tx: Tx, score: Score) -> Iterator[Input]:
    found = overrides.get(tx, OverrideId(score.override_id)) if score.override_id else None
    if found is not None:
        said = (found.model.name.lower(), found.grade.name.lower(), found.proposed_by)
        yield Input("override", str(found.id), found.until, None, None, words=said)


def _rates(tx: Tx, currencies: set[str], score: Score, run: Run, policy: Policy) -> Iterator[Input]:
    table, oldest = RateVersionRow, policy.scoring.rate_max_age_days
    ways = rates(tx, currencies, score.currency, as_of=run.as_of, max_age_days=oldest, known_at=run.at)
    quotes = {id for way in ways.values() for id in way.quotes}
    columns = (table.currency, table.base, table.rate, table.as_of)
    for currency, base, rate, as_of, file, row in rows(tx, table, columns, [table.id.in_(quotes)], (table.currency, table.base)):
        yield Input("rate", f"{currency}/{base}", as_of, file, row, figure=rate)
