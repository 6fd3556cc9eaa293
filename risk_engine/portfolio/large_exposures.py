"""Large exposures to one customer or one connected group, net of mitigation, against the bank's own capital."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks, credit
from risk_engine.credit import Floats, Places
from risk_engine.portfolio.concentration_policy import Base, LargeExposures, Limit

Codes = NDArray[np.int8]


class CounterpartyKind(IntEnum):
    """The kind of a counterparty; none where it is unknown."""

    NONE = -1
    NON_BANK = 0
    BANK = 1
    GSIB = 2


class LimitState(IntEnum):
    """The state of an exposure under a limit; none where the limit does not apply or a figure is missing."""

    NONE = -1
    WITHIN = 0
    OVER = 1


@dataclass(frozen=True, slots=True)
class Counterparties:
    """Counterparties, one row per customer: its group, its kind, and its debt, net of eligible mitigation."""

    together: Places
    kind: Codes
    loans: Floats
    exposure: Floats


@dataclass(frozen=True, slots=True)
class Use:
    """The use of one limit, one row per customer: the amount (of the whole group for a group limit), ceiling and headroom.

    ``used`` is the share of the limit's base; ``headroom`` is below 0 where the limit is broken. All NaN where the limit does not
    apply to the customer's kind.
    """

    amount: Floats
    used: Floats
    ceiling: float
    headroom: Floats
    state: Codes


def counterparties(group: Places, kind: Codes, loans: ArrayLike, exposure: ArrayLike, mitigation: ArrayLike) -> Counterparties:
    """Return the customers with their groups and net exposures; a net exposure is never below 0.

    Args:
        group: a number for each connected group, economic dependence included; -1 for a customer without a group.
        loans: outstanding loans, gross; exposure: the total exposure; mitigation: the part covered by eligible collateral and
            guarantees; all in one unit of money.

    Raises:
        Impossible: an amount below 0.

    Source: LEX10 (connected counterparties), LEX30 (mitigation); 商业银行大额风险暴露管理办法 (2018).
    """
    net = checks.not_negative("exposure", exposure) - checks.not_negative("mitigation", mitigation)
    return Counterparties(_together(group), kind, checks.not_negative("loans", loans), np.maximum(net, 0.0))


def _together(group: Places) -> Places:
    """Return a number from 0 for each group, and one of its own for each customer without a group."""
    alone = group < 0
    together = np.empty(len(group), dtype=np.int64)
    groups, together[~alone] = np.unique(group[~alone], return_inverse=True)
    together[alone] = len(groups) + np.arange(np.count_nonzero(alone))
    return together


def _owed(book: Counterparties, amounts: Floats, level: str) -> Floats:
    """Return each customer's own amount, or its group's total; NaN where one of them is missing."""
    if level == "customer":
        return amounts
    # a group's total includes banks and others; the applicable limit depends on each member
    return credit.total(book.together, amounts, len(amounts))[book.together]


def use(limit: Limit, book: Counterparties, capital: Mapping[Base, float]) -> Use:
    """Return every customer's use of a limit; an exposure exactly on the limit is within it.

    Args:
        capital: the bank's own Tier 1 and net capital, in the unit of the amounts.

    Raises:
        Impossible: the limit's base is not above 0.

    Source: LEX20, LEX40 (between G-SIBs); 商业银行大额风险暴露管理办法 (2018).
    """
    base = float(checks.positive(limit.base, capital[limit.base])[0])
    owed = _owed(book, book.loans if limit.amount == "loans" else book.exposure, limit.level)
    counts = np.isin(book.kind, [CounterpartyKind[name.upper()] for name in limit.kinds])
    amount = np.where(counts, owed, np.nan)
    used, ceiling = amount / base, limit.share * base
    state = np.where(np.isnan(used), LimitState.NONE, np.where(used > limit.share, LimitState.OVER, LimitState.WITHIN)).astype(np.int8)
    return Use(amount, used, ceiling, ceiling - amount, state)


def large(policy: LargeExposures, book: Counterparties, capital: Mapping[Base, float]) -> NDArray[np.bool_]:
    """Flag large exposures, by customer's group, which must be reported; a missing exposure is not flagged.

    Raises:
        Impossible: the base is not above 0.

    Source: LEX10 (10 % of Tier 1 or more); 商业银行大额风险暴露管理办法 (2018): more than 2.5 % of net Tier 1.
    """
    used = _owed(book, book.exposure, "group") / float(checks.positive(policy.reported_base, capital[policy.reported_base])[0])
    found: NDArray[np.bool_] = used >= policy.reported_from if policy.reported_on_bound else used > policy.reported_from
    return found
