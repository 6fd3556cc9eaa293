"""Stages of IFRS 9 with their reasons (standards § 3)."""

from __future__ import annotations

from tests.recomputation import letters

PAST_DUE, NOTCHES, PD_RATIO, PD_INCREASE, WATCH_LISTED, FORBORNE = 1, 2, 4, 8, 16, 32
DEFAULT_PAST_DUE, DEFAULT_RATING, DEFAULTED, LOW_CREDIT_RISK, DEFAULT_PAST_DUE_REBUTTED = 64, 128, 256, 2048, 8192
INCREASED = PAST_DUE | NOTCHES | PD_RATIO | PD_INCREASE | WATCH_LISTED | FORBORNE
IMPAIRED = DEFAULT_PAST_DUE | DEFAULT_RATING | DEFAULTED


def stage(late, reasons):
    """Return a loan's stage; None where nobody knows whether it is paid and nothing asks for a worse one than 1."""
    if reasons & IMPAIRED:
        return 3
    if reasons & INCREASED:
        return 2
    return None if late.days is None else 1


def reasons(book, customer, loan, late, who, letter):
    """Return the bits of the reasons for a loan's stage."""
    rules, found = book.policy["impairment"]["staging"], 0
    if late.days is not None and late.days > rules["more_than_days"]:
        found |= PAST_DUE
    if late.days is not None and late.days >= rules["impaired_from_days"] and who.holds:
        found |= DEFAULT_PAST_DUE_REBUTTED if who.rebutted else DEFAULT_PAST_DUE
    found |= since_origination(book, rules, loan, letter)
    if customer["watch_list"]:
        found |= WATCH_LISTED
    if loan["forborne"] or (loan["restructured"] or 0) >= 1:
        found |= FORBORNE
    if letter and letter["pd"] >= 1:
        found |= DEFAULT_RATING
    return found | (DEFAULTED if who.holds and not who.rebutted else 0)


def since_origination(book, rules, loan, letter):
    """Return the bits by which the letter has fallen since origination, by notches or by PD, unless its credit risk is low."""
    scale = letters.scale_of(book.policy, letter["agency"], letter["scale"]) if letter else {}
    origin = (loan["origination_rating"] or "").strip().upper()
    if origin not in scale:
        return 0
    floor = book.policy["scoring"]["pd_floor"]
    now, then = max(letter["pd"], floor), max(scale[origin], floor)
    order = list(scale)
    drop = order.index(letter["letter"].strip().upper()) - order.index(origin)
    grown = round(now - then, 12)
    found = NOTCHES if drop >= rules["notches"] else 0
    if round(now - rules["pd_ratio"] * then, 12) >= 0 and grown >= rules["pd_ratio_from"] and grown > 0:
        found |= PD_RATIO
    if grown >= rules["pd_increase"]:
        found |= PD_INCREASE
    return LOW_CREDIT_RISK if found and now <= rules.get("low_credit_risk", -1) else found
