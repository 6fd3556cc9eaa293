"""Questions about schedules and collateral."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, false, func, literal, or_, select

from storage.customers.customers import known
from storage.customers.exposure_ranking import number
from storage.data.quality.finding import Check, Question, Terms, line
from storage.schema import CollateralVersionRow, FacilityVersionRow, GuaranteeVersionRow, IncidentVersionRow, InstalmentVersionRow
from storage.types import MONEY_SCALE

FACILITY, INSTALMENT, COLLATERAL = FacilityVersionRow, InstalmentVersionRow, CollateralVersionRow


def not_valued(terms: Terms) -> Question:
    """Return collateral without a valuation date."""
    return Check.NO_VALUATION, _collateral(terms).where(COLLATERAL.valued.is_(None), COLLATERAL.kind.in_(_valid_days(terms)))


def old_valuations(terms: Terms) -> Question:
    """Return collateral with an outdated valuation, by the longest age of its kind."""
    valid = _valid_days(terms).items()
    old = [and_(COLLATERAL.kind == kind, COLLATERAL.valued < terms.today - timedelta(days=days)) for kind, days in valid]
    return Check.OLD_VALUATION, _collateral(terms).where(or_(false(), *old))


def _valid_days(terms: Terms) -> dict[str, int]:
    """Return the longest age of a valuation by kind, for the kinds whose amount is not known without one."""
    kinds = terms.policy.collateral.kind.items()
    return {kind: rules.valid_days for kind, rules in kinds if rules.valid_days is not None}


def _collateral(terms: Terms) -> Any:
    shown = line(
        COLLATERAL.customer_id,
        about=COLLATERAL.collateral,
        value=number(COLLATERAL.value) / float(MONEY_SCALE),
        unit=COLLATERAL.currency,
        as_of=COLLATERAL.valued,
        fact=COLLATERAL,
    )
    return shown.where(known(COLLATERAL, None), terms.about(COLLATERAL.customer_id))


def contradictions(terms: Terms) -> Iterator[Question]:
    """Yield schedules that do not match the outstanding amount, and facilities that are unknown or another customer's."""
    yield Check.SCHEDULE, _schedules(terms)
    for table in (GuaranteeVersionRow, IncidentVersionRow):
        yield Check.ANOTHERS_FACILITY, _anothers(terms, table)
    # collateral may secure another customer's facility, but not one that is not on record
    for naming in (COLLATERAL, GuaranteeVersionRow, IncidentVersionRow):
        yield Check.UNKNOWN_FACILITY, _unknown(terms, naming)


def _schedules(terms: Terms) -> Any:
    """Return the scheduled principal against the outstanding amount, or up to the limit during construction."""
    owed, remaining = number(FACILITY.outstanding), func.sum(case((_unpaid(terms), number(INSTALMENT.principal)), else_=0.0))
    most = case((FACILITY.phase == "construction", number(FACILITY.limit)), else_=owed)
    tolerance = terms.data.schedule_tolerance
    shown = line(
        FACILITY.customer_id,
        about=FACILITY.facility,
        value=remaining / float(MONEY_SCALE),
        against=owed / float(MONEY_SCALE),
        unit=FACILITY.currency,
        as_of=FACILITY.as_of,
        fact=FACILITY,
    ).join_from(FACILITY, INSTALMENT, and_(INSTALMENT.facility == FACILITY.facility, known(INSTALMENT, None)))
    apart = or_(remaining < owed * (1 - tolerance), remaining > most * (1 + tolerance))
    return shown.where(known(FACILITY, None), terms.about(FACILITY.customer_id)).group_by(FACILITY.id).having(apart)


def _unpaid(terms: Terms) -> Any:
    """Return the condition for an instalment still to come, or past due by the ledger."""
    late = func.coalesce(FACILITY.days_past_due, 0)
    ago = terms.days_between(func.coalesce(FACILITY.as_of, literal(terms.today)), INSTALMENT.due)
    return or_(ago < 0, and_(late > 0, ago <= late))


def _anothers(terms: Terms, table: Any) -> Any:
    """Return facts that name a facility of another customer."""
    owed = _named(table).where(FACILITY.customer_id != table.customer_id)
    return _naming(terms, table).where(owed.exists())


def _unknown(terms: Terms, table: Any) -> Any:
    """Return facts that name a facility which is not on record."""
    return _naming(terms, table).where(~_named(table).exists())


def _naming(terms: Terms, table: Any) -> Any:
    shown = line(table.customer_id, about=table.facility, fact=table)
    return shown.where(known(table, None), terms.about(table.customer_id), table.facility != "")


def _named(table: Any) -> Any:
    return select(FACILITY.id).where(FACILITY.facility == table.facility, known(FACILITY, None))


def without_a_kind(terms: Terms) -> Question:
    """Return facilities with an amount of collateral but no kind: it secures nothing."""
    shown = line(
        FACILITY.customer_id,
        about=FACILITY.facility,
        value=number(FACILITY.collateral) / float(MONEY_SCALE),
        unit=FACILITY.currency,
        as_of=FACILITY.as_of,
        fact=FACILITY,
    )
    stated = (number(FACILITY.collateral) > 0, FACILITY.collateral_kind.is_(None))
    return Check.NO_COLLATERAL_KIND, shown.where(known(FACILITY, None), terms.about(FACILITY.customer_id), *stated)
