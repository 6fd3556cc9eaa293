"""The inputs of scoring as columns: facts as known at a moment, dated not after a day."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from sqlalchemy import select

from risk_engine.facts.facts import Facts
from risk_engine.policy.policy import Policy
from storage.classification import defaults
from storage.customers.currencies import rates
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import fetched
from storage.schema import CustomerVersionRow
from storage.scoring.score_facts import accounts, agreed, conduct, customers, judgements, lending, readings, secured, troubles
from storage.scoring.score_facts.owned import Book, coded


def everybody(tx: Tx, *, at: datetime | None = None) -> Book:
    """Return all customers as known at ``at``, None is now; in the parts of the book groups stay together."""
    table = CustomerVersionRow
    ids, groups = fetched(tx, select(table.customer_id, table.group).where(known(table, at)))
    sorted_ids = np.argsort(names := ids.astype(str))
    codes, places = coded(groups[sorted_ids]).codes, np.arange(len(ids))
    first = np.full(len(ids) + 1, len(ids))
    np.minimum.at(first, codes, places)
    return Book(names[sorted_ids], clusters=np.where(codes < 0, places, first[codes]))


def read(tx: Tx, policy: Policy, book: Book, *, as_of: date, at: datetime | None = None) -> Facts:
    """Return the facts of these customers as known at ``at``; None is now.

    Whatever reaches them from other customers is among the facts only if the book has those too (:func:`links.closed`).
    """
    facilities = lending.facilities(tx, book, as_of, at)
    lines, projections = agreed.Lines(facilities.owner, facilities.names), agreed.projections(tx, book, as_of, at)
    pledged, covers = secured.read(tx, book, lines, at), secured.covers(tx, book, lines, as_of, at)
    letters, former = lending.ratings(tx, book, as_of, at, months=policy.default.downgrade_months)
    standing = accounts.read(tx, book, as_of, at, max_age_days=policy.data.statement_days)
    scoring, months = policy.scoring, conduct.account_months(tx, book, policy, as_of, at)
    # dollars are needed for Ohlson's size term, and another currency for the size of firms
    tables = (facilities, standing, projections, pledged, covers, months)
    currencies = {"USD", policy.capital.irb.size.currency, *(name for table in tables for name in table.currencies.names)}
    return Facts(
        as_of=np.datetime64(as_of),
        customers=customers.read(tx, book, as_of, at),
        credit_events=customers.credit_events(tx, book, as_of, at),
        defaults=defaults.read(tx, book.places, lines.places, book.where, as_of=as_of, at=at),
        fed_until=agreed.fed_until(tx, at),
        groups=customers.groups(tx, book, at),
        ratings=letters,
        former=former,
        facilities=facilities,
        collateral=pledged,
        instalments=agreed.instalments(tx, book, lines, at),
        payments=agreed.payments(tx, book, lines, at),
        projections=projections,
        incidents=agreed.incidents(tx, book, as_of, at),
        covers=covers,
        guarantees=agreed.guarantees(tx, book, as_of, at),
        accounts=standing,
        readings=readings.read(tx, book, policy, as_of, at),
        breaches=troubles.breaches(tx, book, at),
        threats=troubles.threats(tx, book, at),
        judgements=judgements.judgements(tx, book, as_of, at),
        moves=readings.moves(tx, book, policy, as_of, at),
        account_months=months,
        limits_used=conduct.limits_used(tx, book, policy, as_of, at),
        rates=rates(tx, currencies, scoring.currency, as_of=as_of, max_age_days=scoring.rate_max_age_days, known_at=at),
    )
