"""Evidence of default: present evidence with its first day, and past evidence with its end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine.arrears.loan_arrears import LoanArrears
from risk_engine.arrears.material_arrears import material_days, material_since
from risk_engine.classification.default_policy import Event
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.credit import Places
from risk_engine.days import NO_DATE, ONE_DAY, ONE_MONTH
from risk_engine.facts.facts import Dates, Facts, Floats
from risk_engine.policy.policy import Policy
from risk_engine.ratings.rating import Counted

Flags = NDArray[np.bool_]
Masks = NDArray[np.int32]


class Reason(IntFlag):
    """A reason of default.

    ``PROBATION``: all others are gone, and only time is missing. ``ARREARS``: all others are gone, but not all is paid.
    """

    PAST_DUE = 1
    LETTER = 2
    RECORDED = 4
    BANKRUPTCY = 8
    EVASION = 16
    NON_ACCRUAL = 32
    PROVISION = 64
    SALE_AT_LOSS = 128
    DISTRESSED_RESTRUCTURING = 256
    RESTRUCTURED_AGAIN = 512
    JUDGEMENT = 1024
    PROBATION = 2048
    ARREARS = 4096


DISTRESSED = Reason.DISTRESSED_RESTRUCTURING | Reason.RESTRUCTURED_AGAIN
_EVENTS: dict[Event, Reason] = {
    "bankruptcy": Reason.BANKRUPTCY,
    "evasion": Reason.EVASION,
    "non_accrual": Reason.NON_ACCRUAL,
    "provision": Reason.PROVISION,
    "sale_at_loss": Reason.SALE_AT_LOSS,
    "distressed_restructuring": Reason.DISTRESSED_RESTRUCTURING,
}


@dataclass(frozen=True, slots=True)
class Items:
    """Pieces of evidence, one a row: the unit, the reason, its first day, and its last day (NaT while it holds)."""

    unit: Places
    reason: Masks
    since: Dates
    ended: Dates


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of a book: about customers, about facilities, and arrears.

    ``of_customers`` and ``of_facilities`` are numbered by customer and by facility. ``drawn`` is in the reporting currency. ``material``:
    consecutive days of material arrears of each unit of the policy's level.
    """

    of_customers: Items
    of_facilities: Items
    arrears: LoanArrears
    drawn: Floats
    material: Floats

    def by(self, units: Places, count: int) -> Items:
        """Return all evidence by unit: the customers first, then each facility's place in ``units``."""
        here, there = self.of_customers, self.of_facilities
        return Items(
            np.concatenate([here.unit, units[there.unit]]),
            np.concatenate([here.reason, there.reason]),
            np.concatenate([here.since, there.since]),
            np.concatenate([here.ended, there.ended]),
        )


def evidence(policy: Policy, facts: Facts, now: Counted, late: LoanArrears, factor: Floats) -> Evidence:
    """Return all evidence of default as of the facts' day.

    Args:
        factor: what a unit of each facility's currency is worth in the reporting currency.
    """
    lent, count = facts.facilities, len(facts)
    drawn = lent.outstanding * factor
    debtor = policy.default.level == "debtor"
    unit = lent.owner if debtor else np.arange(len(lent.owner))
    asked = (policy.arrears, late, unit, factor, drawn, facts.as_of, count if debtor else len(lent.owner))
    material = material_days(*asked)
    past_due = _past_due(policy, material, material_since(*asked))
    about = [_letters(facts, now), _outcomes(facts), _incidents(policy, facts), _judgements(facts), *([past_due] if debtor else [])]
    of_loans = [_facilities(policy, facts), *([] if debtor else [past_due])]
    return Evidence(_joined(about), _joined(of_loans), late, drawn, material)


def _past_due(policy: Policy, material: Floats, begun: Dates) -> Items:
    """Material arrears for the policy's days, since the day on which that was first so."""
    which = np.flatnonzero(material >= policy.default.from_days)
    return _items(which, Reason.PAST_DUE, begun[which] + (policy.default.from_days - 1) * ONE_DAY)


def _letters(facts: Facts, now: Counted) -> Items:
    """A letter of default that counts, since its date."""
    which = np.flatnonzero(np.append(now.raw, np.nan)[now.place] >= 1.0)
    dated = np.append(facts.ratings.as_of, NO_DATE)[now.place[which]]
    return _items(which, Reason.LETTER, dated)


def _outcomes(facts: Facts) -> Items:
    """The recorded events of default: the first since the last cure holds, and earlier ones ended with that cure."""
    rows = facts.credit_events
    bankrupt = rows.events.among(("bankruptcy",)) == 0
    reason = np.where(bankrupt, int(Reason.BANKRUPTCY), int(Reason.RECORDED)).astype(np.int32)
    return Items(rows.owner, reason, rows.as_of, rows.cured)


def _incidents(policy: Policy, facts: Facts) -> Items:
    rows, events = facts.incidents, policy.default.incidents
    bits = rows.kinds.figures({kind: float(_EVENTS[event]) for kind, event in events.items()}, 0.0, 0.0).astype(np.int32)
    which = np.flatnonzero(bits)
    ended = np.where(rows.resolved[which] <= facts.as_of, rows.resolved[which], NO_DATE)
    return Items(rows.owner[which], bits[which], rows.as_of[which], ended)


def _judgements(facts: Facts) -> Items:
    """Approved judgements that payment is unlikely; one that was ended counts until then."""
    rows = facts.judgements
    which = (rows.kinds.among((JudgementKind.UNLIKELY_TO_PAY.value,)) == 0) & (rows.since <= facts.as_of)
    ended = np.where(rows.until < facts.as_of, rows.until, NO_DATE)[which]
    return Items(rows.owner[which], np.full(int(which.sum()), int(Reason.JUDGEMENT), dtype=np.int32), rows.since[which], ended)


def _facilities(policy: Policy, facts: Facts) -> Items:
    """Return the ledger's evidence about single loans."""
    lent, rules = facts.facilities, policy.default
    observed = np.isnat(lent.restructured_on) | (later(lent.restructured_on, rules.observation_months) > facts.as_of)
    found = {
        Reason.NON_ACCRUAL: lent.non_accrual == 1,
        Reason.PROVISION: lent.provision > 0,
        Reason.DISTRESSED_RESTRUCTURING: (lent.restructuring_loss > rules.restructuring_loss) & observed,
        Reason.RESTRUCTURED_AGAIN: (lent.restructured >= 2) & observed,
    }
    restructured = np.where(np.isnat(lent.restructured_on), lent.dated, lent.restructured_on)
    since = {reason: restructured if reason & DISTRESSED else lent.dated for reason in found}
    return _joined([_items(np.flatnonzero(which), reason, since[reason][which]) for reason, which in found.items()])


def later(day: Dates, months: int) -> Dates:
    """Return the same day some months later, or the last day of that month."""
    month = day.astype("datetime64[M]")
    first = (month + months * ONE_MONTH).astype("datetime64[D]")
    last = (month + (months + 1) * ONE_MONTH).astype("datetime64[D]") - ONE_DAY
    later: Dates = np.minimum(first + (day - month.astype("datetime64[D]")), last)
    return later


def _items(unit: Places, reason: Reason, since: Dates) -> Items:
    return Items(unit, np.full(len(unit), int(reason), dtype=np.int32), since, np.full(len(unit), NO_DATE))


def _joined(parts: list[Items]) -> Items:
    return Items(
        np.concatenate([part.unit for part in parts]).astype(np.int64),
        np.concatenate([part.reason for part in parts]),
        np.concatenate([part.since for part in parts]).astype("datetime64[D]"),
        np.concatenate([part.ended for part in parts]).astype("datetime64[D]"),
    )
