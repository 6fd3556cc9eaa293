"""Risk-weighted assets by internal ratings and by the standardised weights (standards § 1)."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist

from tests.recomputation import provisions

NORMAL = NormalDist()


def k_of(pd, lgd, years, turnover, rules):
    """Return K of a performing corporate claim; a turnover up to the rule's size makes it an SME."""
    weight = (1 - exp(-50 * pd)) / (1 - exp(-50))
    correlation = 0.12 * weight + 0.24 * (1 - weight)
    size = rules["size"]
    if turnover is not None and turnover <= size["highest"]:
        held = max(turnover, size["lowest"])
        correlation -= size["reduction"] * (1 - (held - size["lowest"]) / (size["highest"] - size["lowest"]))
    b = (0.11852 - 0.05478 * log(pd)) ** 2
    far = NORMAL.inv_cdf(rules["confidence"])
    stressed = NORMAL.cdf((NORMAL.inv_cdf(pd) + sqrt(correlation) * far) / sqrt(1 - correlation))
    return (lgd * stressed - pd * lgd) * (1 + (years - 2.5) * b) / (1 - 1.5 * b)


def maturity(book, loan):
    """Return M = Σ t·CF / Σ CF of the schedule on record, else the remaining years, within the rule's bounds."""
    rules, flows = book.policy["capital"]["irb"]["maturity"], provisions.to_come(book, loan)
    timed = [(provisions.years_until(book.day, due), principal + interest) for due, principal, interest in flows]
    whole = sum(amount for _years, amount in timed)
    years = sum(years * amount for years, amount in timed) / whole if whole else provisions.remaining(book, loan)
    return None if years is None else min(max(years, rules["shortest"]), rules["longest"])


def irb(book, loan, who, pd, lgd, ead, turnover, best):
    """Return a claim's risk-weighted assets by internal ratings; in default K = max(0, LGD - BEEL/EAD)."""
    rules = book.policy["capital"]["irb"]
    if who.holds:
        if None in (lgd, ead) or ead == 0:
            return None if None in (lgd, ead) else 0.0
        k = max(0.0, lgd - min(max(best / ead, 0.0), 1.0))
    else:
        years = maturity(book, loan)
        if None in (pd, lgd, ead, years):
            return None
        segment = "sme" if turnover is not None and turnover <= rules["size"]["highest"] else "corporate"
        k = k_of(max(pd, rules["pd_floor"][segment]), lgd, years, turnover, rules)
    return 12.5 * rules["scaling"] * k * ead


def standard(book, loan, who, pd, ead, turnover):
    """Return a claim's risk-weighted assets by the standardised weights."""
    rules = book.policy["capital"]["standardised"]
    if ead is None:
        return None
    if who.holds:
        weight = rules["defaulted"]
    elif loan["kind"] == "project_loan":
        weight = rules["project_in_operation" if loan["phase"] == "operation" else "project_before_operation"]
    elif pd is not None and pd <= rules["investment_grade_pd"]:
        weight = rules["investment_grade"]
    elif turnover is not None and turnover <= book.policy["capital"]["irb"]["size"]["highest"]:
        weight = rules["sme"]
    else:
        weight = rules["corporate"]
    return weight * ead


def irb_covered(book, loan, parts, lgd, ead, own, floor):
    """Return a claim's risk-weighted assets with the guarantor's risk weight for the covered part, where that is lower."""
    if own is None or not parts:
        return own
    rules, share = book.policy["capital"]["irb"], sum(part for part, _one in parts)
    pd = round(sum(part * max(one.pd, floor) for part, one in parts) / share, 12)
    sales = parts[0][1].sales
    turnover = None if sales is None else sales / 1e6
    segment = "sme" if turnover is not None and turnover <= rules["size"]["highest"] else "corporate"
    theirs = 12.5 * rules["scaling"] * k_of(max(pd, rules["pd_floor"][segment]), lgd, maturity(book, loan), turnover, rules) * ead
    return share * min(theirs, own) + (1 - share) * own


def standard_covered(book, parts, ead, own, floor):
    """Return a claim's standardised risk-weighted assets with the guarantor's weight for the covered part, where that is lower."""
    if own is None or not parts:
        return own
    rules, share = book.policy["capital"]["standardised"], sum(part for part, _one in parts)
    pd, sales = round(sum(part * max(one.pd, floor) for part, one in parts) / share, 12), parts[0][1].sales
    small = sales is not None and sales / 1e6 <= book.policy["capital"]["irb"]["size"]["highest"]
    weight = rules["investment_grade" if pd <= rules["investment_grade_pd"] else "sme" if small else "corporate"]
    return share * min(weight * ead, own) + (1 - share) * own
