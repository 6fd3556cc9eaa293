"""The sales of each customer's accounting group, which decide whether it is a small firm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from risk_engine.credit import Floats, Places
from risk_engine.facts.facts import Facts, Groups
from risk_engine.policy.policy import Policy

_MILLION = 1e6
# sums of whole hundredths are exact in floats, so that the order of members does not matter
_HUNDREDTHS = 100.0


def followed(policy: Policy, facts: Facts) -> Facts:
    """Return the facts with the sales of every customer's group, in millions of the rule's currency; NaN where none are known.

    They are the parent's consolidated sales, or the sum of the known members' sales: an upper bound, as sales among members
    count in it. A customer without a group has its own. Economic dependence is no accounting group.

    Source: CRE31.8-31.9 (reported sales of the consolidated group of which the firm is a part).
    """
    groups = facts.groups if facts.groups is not None else Groups.alone(len(facts))
    own = _own_sales(policy, facts)
    member = np.flatnonzero(groups.group >= 0)
    code, count = groups.group[member], int(groups.group.max(initial=-1)) + 1
    sums, known = _summed(code, own[member], count), np.bincount(code, ~np.isnan(own[member]), count)
    heads = member[groups.head[member] & facts.accounts.consolidated[member] & ~np.isnan(own[member])]
    of_head = np.full(count, np.nan)
    of_head[groups.group[heads]] = own[heads]
    # of two parents neither is known to be the parent
    of_head[np.bincount(groups.group[heads], minlength=count) > 1] = np.nan
    together = np.where(np.isnan(of_head), np.where(known > 0, sums, np.nan), of_head)
    sales, bound = own.copy(), np.zeros(len(facts), dtype=bool)
    sales[member], bound[member] = together[code], np.isnan(of_head)[code] & ~np.isnan(together[code])
    return replace(facts, groups=replace(groups, sales=sales, bound=bound))


def _own_sales(policy: Policy, facts: Facts) -> Floats:
    """Return each customer's sales of twelve months in millions of the rule's currency, by the dated rates."""
    rates, accounts = facts.rates, facts.accounts
    into = rates.get(policy.capital.irb.size.currency)
    factor = accounts.currencies.figures({name: way.factor for name, way in rates.items()}, np.nan)
    sales: Floats = np.maximum(accounts.now["revenue"] * factor, 0.0) / (into.factor if into else np.nan) / _MILLION
    return sales


def _summed(code: Places, sales: Floats, count: int) -> Floats:
    whole = np.rint(np.nan_to_num(sales) * _MILLION * _HUNDREDTHS)
    found: Floats = np.bincount(code, whole, count) / _HUNDREDTHS / _MILLION
    return found


def figures(facts: Facts) -> dict[str, Floats]:
    """Return the sales by which each customer's size is judged, in whole units of the rule's currency, and 1 where they are a bound."""
    groups = facts.groups
    assert groups is not None, "found before the book is cut into parts"
    return {"group_sales": groups.sales * _MILLION, "group_sales_bound": np.where(groups.bound, 1.0, np.nan)}
