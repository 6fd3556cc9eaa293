"""The facts shown to approvers: frozen with the request, and compared with the present ones at the decision."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from commands.kit.i18n import Text, _, clauses, listed
from commands.kit.wording import words
from risk_engine.grading import Grade
from risk_engine.policy.policy import Policy
from storage.customers import currencies, customers, lending
from storage.customers.customers import Exposure
from storage.database import Tx
from storage.indicators import breaches
from storage.scoring import score_drivers, scores
from storage.scoring.scores import Score
from storage.sight import EVERYTHING
from storage.types import canonical

# more open breaches than this of one customer are not listed
_BREACHES = 50
Picture = Mapping[str, Any]


def take(tx: Tx, customer: str | None, more: Picture | None = None) -> dict[str, Any]:
    """Return the present facts about a customer as JSON values; ``more`` holds the subject's own.

    The facts are equal for every reader: the group's exposure is not lower for somebody who sees a part of the group.
    """
    tx = replace(tx, sight=EVERYTHING)
    return {**({} if customer is None else _of_customer(tx, customer)), **(more or {})}


def _of_customer(tx: Tx, customer: str) -> dict[str, Any]:
    owed = customers.exposures(tx, [customer]).get(customer, ())
    score = scores.of(tx, [customer]).get(customer)
    _count, found = breaches.not_closed(tx, customer=customer, limit=_BREACHES)
    return {
        "outstanding": {entry.currency: str(entry.outstanding) for entry in owed},
        "group": {currency: str(amount) for currency, amount in lending.total_exposure(tx, customer).items()},
        "days_past_due": _days_past_due(tx, owed, score),
        "grade": None if score is None else score.grade.name.lower(),
        "pd": None if score is None or score.pd is None else f"{score.pd:.4g}",
        "breaches": sorted(str(one.id) for one in found),
    }


def _days_past_due(tx: Tx, owed: Sequence[Exposure], score: Score | None) -> int | None:
    """Return the days past due that the score counts, as on the customer's screen; the ledger's before the first score."""
    if score is None:
        return max((entry.days_past_due for entry in owed if entry.days_past_due is not None), default=None)
    counted = scores.figure(tx, [score.id], "days_past_due").get(score.id)
    return None if counted is None else round(counted)


def worsened_by(tx: Tx, customer: str, before: str, effects: Collection[str]) -> bool:
    """Return True if the grade is worse than before, and only because of these references of the request itself."""
    tx = replace(tx, sight=EVERYTHING)
    score, was = scores.of(tx, [customer]).get(customer), Grade[before.upper()]
    if not effects or score is None or score.override_id is not None or score.grade <= was:
        return False
    reasons = [one for one in score_drivers.of(tx, [score.id]).get(score.id, ()) if one.grade > was]
    return bool(reasons) and all(one.reference in effects for one in reasons)


def amount(tx: Tx, customer: str | None, policy: Policy, *, today: date) -> Decimal | None:
    """Return the total exposure of a customer's group in the currency of the authorities; None where a rate is missing."""
    if customer is None:
        return None
    tx = replace(tx, sight=EVERYTHING)
    granted, into = lending.total_exposure(tx, customer), policy.approvals.currency
    rates = currencies.rates(tx, list(granted), into, as_of=today, max_age_days=policy.scoring.rate_max_age_days)
    if set(granted) - set(rates):
        return None
    return sum((value * Decimal(str(rates[currency].factor)) for currency, value in granted.items()), Decimal(0)).quantize(Decimal("0.01"))


def digest(picture: Picture) -> str:
    """Return the digest of the facts, carried by a button, so that the facts seen are the facts approved."""
    return hashlib.sha256(canonical(dict(picture)).encode()).hexdigest()[:12]


def differences(changed: Mapping[str, Sequence[Any]]) -> list[tuple[Text, str, str]]:
    """Return the changes as (label, from, to) in words, in the card's order."""
    names = [name for name in dict.fromkeys((*_ORDER, *changed)) if name in changed]
    return [(_label(name), _said(name, changed[name][0]), _said(name, changed[name][1])) for name in names]


def _label(name: str) -> Text:
    return _LABELS.get(name, Text(words.label_of(name)))


def rows(seen: Picture, amount: Decimal | None, currency: str) -> list[tuple[Text, str | None]]:
    """Return the facts about a customer in words, with labels; None for an unknown value.

    Args:
        amount: the group's exposure in ``currency``, the currency of the authorities' limits.
    """
    granted = _said("group", seen.get("group"))
    if amount is not None and list(seen.get("group") or ()) != [currency]:
        granted = f"{granted} = {words.money(amount, currency)}"
    pd = seen.get("pd")
    shown = [_said("grade", seen.get("grade")), *([f"{_LABELS['pd']} {_said('pd', pd)}"] if pd is not None else [])]
    return [
        (_LABELS["outstanding"], _said("outstanding", seen.get("outstanding")) if seen.get("outstanding") else str(_NOTHING_OWED)),
        (_LABELS["group"], granted if seen.get("group") else None),
        (_LABELS["grade"], " · ".join(shown) if seen.get("grade") else None),
        (_STAGE_AND_CATEGORY, " · ".join(_said(name, seen[name]) for name in ("stage", "category") if seen.get(name)) or None),
        (_LABELS["days_past_due"], _said("days_past_due", seen["days_past_due"]) if seen.get("days_past_due") else None),
        (_LABELS["overdue"], _said("overdue", seen["overdue"]) if seen.get("overdue") else None),
        (_LABELS["breaches"], _said("breaches", seen["breaches"]) if seen.get("breaches") else None),
    ]


def _said(name: str, value: Any) -> str:
    return _WORDS.get(name, str)(value) if value not in (None, {}, []) else "–"


def _sums(value: Mapping[str, str]) -> str:
    return clauses(words.money(Decimal(amount), currency) for currency, amount in value.items())


def _list(value: Sequence[str]) -> str:
    return listed(value)


# the card's order; stored facts come back in another order
_ORDER = ("outstanding", "group", "grade", "pd", "stage", "category", "days_past_due", "overdue", "breaches")
_STAGE_AND_CATEGORY = _("Stage and category")
_NOTHING_OWED = _("no facilities on record")
_LABELS: dict[str, Text] = {
    "outstanding": _("Exposure"),
    "group": _("Group limits"),
    "days_past_due": _("Days past due"),
    "grade": _("Grade"),
    "pd": _("PD"),
    "breaches": _("Open breaches"),
    "stage": _("Stage"),
    "category": _("Loan category"),
    "overdue": _("Overdue amount"),
    "value": _("Value in force"),
    "proposed": _("Proposed value"),
}
_WORDS: dict[str, Callable[[Any], str]] = {
    "outstanding": _sums,
    "group": _sums,
    "days_past_due": lambda value: words.reading(value, "days"),
    "grade": lambda value: words.grade(Grade[value.upper()]),
    "pd": lambda value: words.share(float(value)),
    "overdue": _sums,
    "breaches": _list,
    "stage": lambda value: str(words.stage(value)),
    "category": lambda value: str(words.category(value)),
}
