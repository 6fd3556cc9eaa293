"""The five categories (standards § 4): the worst rule wins."""

from __future__ import annotations

from tests.recomputation import letters


def of_claim(book, customer, loan, late, stage, ecl, drawn, ead, who):
    """Return a claim's category, 1 to 5; None where its facts leave only a lower bound below the worst."""
    rules, open_ = book.policy["categories"], open_incidents(book, customer["id"])
    days, impaired = late.days, who.holds or stage == 3
    restructured = loan["restructured"] or 0
    found = [1]
    if days is not None:
        found += [2] if days > 0 else []
        found += [3] if days > rules["substandard_days"] else []
        found += [4] if days > rules["doubtful_days"] else []
        found += [5] if days > rules["loss_days"] else []
    if open_ & {"fund_diversion", "refinanced_to_repay"} or restructured >= 1:
        found.append(2)
    if impaired or restructured >= 2 or letters.downgraded(book, customer["id"]):
        found.append(3)
    if "debt_evasion" in open_:
        found.append(4)
    if "bankruptcy" in who.by:
        found.append(5)
    if impaired and ecl is not None and drawn:
        # the book has nothing undrawn, so neither has the loss that is compared with it
        lost = round((ecl * drawn / ead if ead else ecl) / drawn, 12)
        found += [4] if lost >= rules["doubtful_ecl"] else []
        found += [5] if lost >= rules["loss_ecl"] else []
    worst = max(found)
    unknown = days is None or (stage is None and not impaired) or (impaired and (ecl is None or drawn is None))
    return None if unknown and worst < 5 else worst


def open_incidents(book, customer):
    return {
        row["kind"]
        for row in book.of_customer("incidents", customer)
        if row["as_of"] <= book.day and not (row["resolved"] and row["resolved"] <= book.day)
    }
