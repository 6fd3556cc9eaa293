"""Loans' categories, from the facts of each facility and its debtor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.classification import classification
from risk_engine.classification.categories import Category, Masks
from risk_engine.classification.category_rules import Claims
from risk_engine.classification.classification import Classified
from risk_engine.classification.cure import Record
from risk_engine.classification.default import Default
from risk_engine.classification.evidence import Reason
from risk_engine.facts.facts import Facts, Floats
from risk_engine.impairment.staging import Stages
from risk_engine.policy.policy import Policy

# incidents that the rules refer to by name
DIVERTED, EVADED, REFINANCED = "fund_diversion", "debt_evasion", "refinanced_to_repay"


def classified(policy: Policy, facts: Facts, who: Default, days: Floats, stages: Stages, ecl: Floats, book: Floats) -> Classified:
    """Classify every facility together with its debtor's others; a claim in default is credit-impaired evidence."""
    owner = facts.facilities.owner
    count = len(owner)
    no, unknown = np.zeros(count, dtype=bool), np.full(count, np.nan)
    # whom a rebuttal spares is not credit-impaired, so that the share that may be lost matters only where it is known
    ecl = np.where(np.isnan(ecl) & who.rebutted[owner], 0.0, ecl)
    claims = Claims(
        owner=owner,
        retail=no,
        days_past_due=days,
        technical=no,
        stage=stages,
        impaired=who.claims,
        ecl=ecl,
        book=book,
        diverted=_open(facts, DIVERTED)[owner],
        refinanced=_open(facts, REFINANCED)[owner],
        evaded=_open(facts, EVADED)[owner],
        bankrupt=((who.reasons & int(Reason.BANKRUPTCY)) > 0)[owner],
        # forbearance is a restructuring without loss
        restructurings=np.maximum(np.nan_to_num(facts.facilities.restructured), facts.facilities.forborne == 1).astype(np.int64),
        downgrade=unknown if facts.downgrades is None else facts.downgrades.notches[owner],
        elsewhere=unknown,
        non_performing_elsewhere=no,
        enhanced=no,
    )
    waiting = (who.claims & ((who.reasons & ~int(Reason.PROBATION | Reason.ARREARS)) == 0)[owner]).astype(np.int8)
    before = np.where(waiting, Category.SUBSTANDARD, Category.PASS).astype(np.int8)
    record = Record(before, days == 0, ~no, unknown, unknown)
    return classification.classified(policy.categories, claims, record, len(facts))


def debtors(facts: Facts, found: Classified) -> tuple[Floats, Masks]:
    """Return each customer's worst category, NaN where it has none, with the reasons of all its claims."""
    worst = classification.debtors(facts.facilities, found, len(facts))
    return np.where(worst.category == Category.NONE, np.nan, worst.category.astype(np.float64)), worst.reasons


def _open(facts: Facts, kind: str) -> NDArray[np.bool_]:
    """Flag the customers with an open incident of a kind."""
    found = facts.incidents
    which = (found.kinds.among((kind,)) == 0) & ~(found.resolved <= facts.as_of)
    return np.bincount(found.owner, which, len(facts)) > 0
