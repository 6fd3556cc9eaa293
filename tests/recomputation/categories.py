"""The five categories with their reasons (standards § 4): the worst rule wins."""

from __future__ import annotations

from tests.recomputation import letters

OVERDUE, DIVERTED, REFINANCED, NON_PERFORMING_HERE, RESTRUCTURED = 1, 2, 4, 8, 32
OVER_90, IMPAIRED, STAGE_THREE, DOWNGRADED, CONTAGION, RESTRUCTURED_AGAIN, NOT_CURED = 64, 128, 256, 512, 2048, 4096, 8192
OVER_270, EVADED, HALF_LOST = 16384, 32768, 65536
OVER_360, BANKRUPT, NEARLY_ALL_LOST = 131072, 262144, 524288
# the category that each reason asks for at least
ASKS = {
    2: OVERDUE | DIVERTED | REFINANCED | NON_PERFORMING_HERE | RESTRUCTURED,
    3: OVER_90 | IMPAIRED | STAGE_THREE | DOWNGRADED | CONTAGION | RESTRUCTURED_AGAIN | NOT_CURED,
    4: OVER_270 | EVADED | HALF_LOST,
    5: OVER_360 | BANKRUPT | NEARLY_ALL_LOST,
}


def asked(reasons):
    """Return the worst category that reasons ask for."""
    return max((category for category, bits in ASKS.items() if reasons & bits), default=1)


def own_reasons(book, customer, loan, late, stage, ecl, drawn, ead, who):
    """Return the bits of the reasons that a claim has by itself."""
    rules, open_, days = book.policy["categories"], open_incidents(book, customer["id"]), late.days
    # forbearance is a restructuring without loss
    restructured = max(loan["restructured"] or 0, 1 if loan["forborne"] else 0)
    held = {
        OVERDUE: bool(days),
        OVER_90: days is not None and days > rules["substandard_days"],
        OVER_270: days is not None and days > rules["doubtful_days"],
        OVER_360: days is not None and days > rules["loss_days"],
        DIVERTED: "fund_diversion" in open_,
        REFINANCED: "refinanced_to_repay" in open_,
        EVADED: "debt_evasion" in open_,
        RESTRUCTURED: restructured >= 1,
        RESTRUCTURED_AGAIN: restructured >= 2,
        IMPAIRED: who.holds,
        STAGE_THREE: stage == 3,
        DOWNGRADED: letters.downgraded(book, customer["id"]),
        BANKRUPT: "bankruptcy" in who.by,
        NOT_CURED: who.holds and who.by <= {"probation", "arrears"},
    }
    return sum(bit for bit, holds in held.items() if holds) | lost(rules, stage, ecl, drawn, ead, who)


def lost(rules, stage, ecl, drawn, ead, who):
    """Return the bits of what an impaired claim is expected to lose of its book value."""
    ecl = 0.0 if ecl is None and who.rebutted else ecl
    if not (who.holds or stage == 3) or ecl is None or not drawn:
        return 0
    # the book has nothing undrawn, so neither has the loss that is compared with it
    share = round((ecl * drawn / ead if ead else ecl) / drawn, 12)
    return (HALF_LOST if share >= rules["doubtful_ecl"] else 0) | (NEARLY_ALL_LOST if share >= rules["loss_ecl"] else 0)


def with_the_others(book, own, drawn):
    """Return the reasons of a debtor's claims with those that each takes from the others."""
    bad = [asked(reasons) >= 3 for reasons in own]
    whole = None if None in drawn else sum(round(amount * 100) for amount in drawn)
    part = None if whole is None else sum(round(amount * 100) for amount, one in zip(drawn, bad, strict=True) if one)
    reached = bool(whole) and part / whole > book.policy["categories"]["contagion"]
    found = []
    for reasons, one in zip(own, bad, strict=True):
        others = sum(bad) - one > 0
        found.append(reasons | (NON_PERFORMING_HERE if others else 0) | (CONTAGION if others and reached else 0))
    return found


def category(reasons, late, stage, ecl, drawn, who):
    """Return a claim's category, 1 to 5; None where its facts leave only a lower bound below the worst."""
    impaired, worst = who.holds or stage == 3, asked(reasons)
    ecl = 0.0 if ecl is None and who.rebutted else ecl
    unknown = late.days is None or (stage is None and not impaired) or (impaired and (ecl is None or drawn is None))
    return None if unknown and worst < 5 else worst


def open_incidents(book, customer):
    return {
        row["kind"]
        for row in book.of_customer("incidents", customer)
        if row["as_of"] <= book.day and not (row["resolved"] and row["resolved"] <= book.day)
    }
