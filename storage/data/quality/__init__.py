"""Data quality: missing, stale, contradictory and implausible facts, each finding with its file and row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.customers.exposure_ranking import Into, weights
from storage.data.quality import contradictory, implausible, indicators, missing, stale
from storage.data.quality.finding import Check, Finding, FindingKind, Question, Terms, chosen
from storage.database import Tx
from storage.schema import CustomerVersionRow, ImportRow
from storage.visibility import seen

__all__ = ["Check", "Finding", "FindingKind", "asked_about", "findings"]

_QUESTIONS: dict[FindingKind, Callable[[Terms], Iterator[Question]]] = {
    FindingKind.MISSING: missing.questions,
    FindingKind.STALE: stale.questions,
    FindingKind.CONTRADICTORY: contradictory.questions,
    FindingKind.IMPLAUSIBLE: implausible.questions,
}
_KINDS = tuple(_QUESTIONS)


def findings(
    tx: Tx, policy: Policy, *, today: date, kinds: Sequence[FindingKind] = _KINDS, customer: str | None = None, sector: str | None = None
) -> list[Finding]:
    """Return all findings, for all customers, for one or for a sector; the largest exposures first.

    One query per check, for any number of customers; indicators are read as columns.
    """
    terms = Terms(tx, today, policy, customer, sector)
    files = dict(tx.connection.execute(select(ImportRow.id, ImportRow.file)).all())
    found = [
        _finding(kind, check, row, files)
        for kind in kinds
        for check, query in _QUESTIONS[kind](terms)
        for row in tx.connection.execute(query)
    ]
    found += indicators.findings(terms, policy, kinds)
    scoring = policy.scoring
    owed = weights(tx, Into(scoring.currency, today, scoring.rate_max_age_days)) if customer is None else {}
    # findings about the whole book, such as a missing rate, come first; within a customer the order of checks stays
    return sorted(found, key=lambda one: (one.customer is not None, -owed.get(one.customer or "", 0.0), one.customer or ""))


def _finding(kind: FindingKind, check: Check, row: Any, files: dict[int, str]) -> Finding:
    who, about, value, against, unit, as_of, import_id, file_row = row
    return Finding(who, kind, check, about, value, against, unit, as_of, files.get(import_id), file_row)


def asked_about(tx: Tx, *, customer: str | None = None, sector: str | None = None) -> int:
    """Return the number of customers that the findings cover."""
    who = CustomerVersionRow
    query = select(func.count()).where(known(who, None), chosen(who.customer_id, customer, sector), *seen(tx, who))
    return tx.connection.execute(query).scalar_one()
