"""Stages of IFRS 9 (standards § 3)."""

from __future__ import annotations

from tests.recomputation import letters

PAST_DUE, NOTCHES, PD_RATIO, PD_INCREASE, WATCH_LISTED, FORBORNE = 1, 2, 4, 8, 16, 32
DEFAULTED, LOW_CREDIT_RISK = 256, 2048


def stage(book, customer, loan, late, who, letter):
    """Return a loan's stage; None where nobody knows whether it is paid and nothing asks for a worse one than 1."""
    if who.holds:
        return 3
    if increased(book, customer, loan, late, letter):
        return 2
    return None if late.days is None else 1


def increased(book, customer, loan, late, letter):
    """Return True after a significant increase in credit risk."""
    rules = book.policy["impairment"]["staging"]
    overdue = late.days is not None and late.days > rules["more_than_days"]
    forborne = loan["forborne"] or (loan["restructured"] or 0) >= 1
    return bool(overdue or forborne or customer["watch_list"] or worse_than_at_origination(book, rules, loan, letter))


def worse_than_at_origination(book, rules, loan, letter):
    """Return True if the letter has fallen since origination by notches or by PD, unless its credit risk is low."""
    scale = letters.scale_of(book.policy, letter["agency"], letter["scale"]) if letter else {}
    origin = (loan["origination_rating"] or "").strip().upper()
    if origin not in scale:
        return False
    floor = book.policy["scoring"]["pd_floor"]
    now, then = max(letter["pd"], floor), max(scale[origin], floor)
    if now <= rules.get("low_credit_risk", -1):
        return False
    order = list(scale)
    drop = order.index(letter["letter"].strip().upper()) - order.index(origin)
    grown = round(now - then, 12)
    doubled = round(now - rules["pd_ratio"] * then, 12) >= 0 and grown >= rules["pd_ratio_from"]
    return drop >= rules["notches"] or doubled or grown >= rules["pd_increase"]
