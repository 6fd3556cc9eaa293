"""Guarantees: the better PD and risk weight for the covered part, and recoveries in the accounts (standards § 12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from tests.recomputation import letters, provisions


@dataclass(frozen=True)
class Promise:
    """What a guarantor promises for one loan: an amount, its PD without a floor, its group's sales, and how the promise may count.

    ``lasts`` is the part that substitution counts of a promise that ends before the loan; ``left`` the years until its end, if it has one.
    """

    amount: float
    lasts: float
    left: float | None
    pd: float
    sales: float | None
    eligible: bool
    integral: bool


def of_loan(book, loan, loans, eads, defaulted, sales):
    """Return the promises for a loan, the best guarantor first; one in default or without a letter promises nothing."""
    found = []
    for row in book.of_customer("guarantees", loan["customer"]):
        letter = letters.counting(book, row["guarantor"])
        over = row["until"] is not None and row["until"] < book.day
        if row["facility"] in {None, loan["id"]} and letter and not over and row["guarantor"] not in defaulted:
            found.append((letter["pd"], row["guarantor"], promise(book, row, loan, loans, eads, letter["pd"], sales)))
    return [one for _pd, _guarantor, one in sorted(found, key=lambda entry: entry[:2])]


def promise(book, row, loan, loans, eads, pd, sales):
    rules = book.policy["guarantees"]
    kind = next(one["kind"] for one in book.rows["customers"] if one["id"] == row["guarantor"])
    eligible = kind not in rules["excluded"] and pd <= rules["highest_pd"]
    integral = rules["integral"] if row["integral"] is None else row["integral"]
    return Promise(
        amount(book, row, loan, loans, eads), lasts(book, row, loan), left(book, row), pd, sales[row["guarantor"]], eligible, integral
    )


def left(book, row):
    return None if row["until"] is None else provisions.years_until(book.day, row["until"])


def lasts(book, row, loan):
    """Return (t - 0.25) / (T - 0.25) for a guarantee that ends before its loan, 1 for another (CRE22)."""
    years = left(book, row)
    life = provisions.remaining(book, loan)
    life = 5.0 if life is None else min(life, 5.0)
    if years is None or years >= life:
        return 1.0
    original = years if row["start"] is None else (row["until"] - row["start"]).days / 365
    return (years - 0.25) / (life - 0.25) if years > 0.25 and original >= 1 else 0.0


def amount(book, row, loan, loans, eads):
    """Return the guaranteed amount that falls to a loan: by exposure, where the guarantee covers several."""
    if row["amount"] is None:
        return float("inf")
    worth = book.worth(row["currency"])
    if worth is None:
        return 0.0
    whole = sum(round((eads[one["id"]] or 0.0) * 100) for one in loans) / 100
    part = 1.0 if row["facility"] else eads[loan["id"]] / whole if whole else 0.0
    off = book.policy["collateral"]["currency_haircut"] if row["currency"] != loan["currency"] else 0.0
    return row["amount"] * worth * (1 - off) * part


def unrecovered(promises, ead, begin=0.0, end=0.0):
    """Return the mean share of a loss that integral guarantees leave between two moments, in years; without a span that of today.

    A covered loss remains only if the guarantor defaults as well, and a guarantee recovers nothing after its end.
    """
    if not ead:
        return 1.0
    moments = sorted({begin, end, *(one.left for one in promises if one.left is not None and begin < one.left < end)})
    if begin == end:
        return share_left([one for one in promises if one.integral], ead)
    whole = 0.0
    for first, last in pairwise(moments):
        standing = [one for one in promises if one.integral and (one.left is None or one.left >= last)]
        whole += (last - first) * share_left(standing, ead)
    return whole / (end - begin)


def share_left(promises, ead):
    return 1 - sum(part * (1 - one.pd) for part, one in covered(promises, ead, 1.0, 0.0))


def substituting(promises, ead):
    """Return the eligible promises with the amounts that last; an unlimited one covers this part of the exposure."""
    found = []
    for one in promises:
        whole = ead if one.amount == float("inf") and one.lasts < 1 else one.amount
        if one.eligible:
            found.append(replace(one, amount=whole * one.lasts))
    return found


def covered(promises, ead, pd, floor):
    """Return the covered parts of an exposure, each with its promise; only guarantors better than the debtor count."""
    open_, found = ead, []
    for one in promises:
        used = min(open_, one.amount)
        if max(one.pd, floor) < pd and used > 0:
            open_ -= used
            found.append((used / ead, one))
    return found
